%% The first five programs of Savina: `erl -run savina main Program Size`.
%%
%% Program: pingpong, count, fjthrput, fjcreate or threadring, as the suite calls them; Size: whole, with the
%% parameters of the suite, or small, with a tenth of the work. Each checks its own result. Prints one line
%% of JSON: milliseconds from the first spawn until the last process has ended, after a warm-up.
-module(savina).
-export([main/1]).

-define(WARM_UP_MS, 1000).
-define(QUICK_WARM_UP_MS, 200).

main([Name, Size]) ->
    Program = list_to_atom(Name),
    IsSmall = Size =:= "small",
    WarmUpMs = case IsSmall of true -> ?QUICK_WARM_UP_MS; false -> ?WARM_UP_MS end,
    warm_up(Program, now_ms() + WarmUpMs),
    Milliseconds = timed(Program, IsSmall),
    io:format("{\"milliseconds\":~.3f}~n", [Milliseconds]),
    halt().

now_ms() -> erlang:monotonic_time(millisecond).

warm_up(Program, Until) ->
    timed(Program, true),
    case now_ms() < Until of
        true -> warm_up(Program, Until);
        false -> ok
    end.

timed(Program, IsSmall) ->
    Start = erlang:monotonic_time(nanosecond),
    run(Program, case IsSmall of true -> 10; false -> 1 end),
    (erlang:monotonic_time(nanosecond) - Start) / 1.0e6.

%% With the work of the suite divided by so much.
run(pingpong, By) -> ping_pong(40000 div By);
run(count, By) -> count(1000000 div By);
run(fjthrput, By) -> fork_join_throughput(10000 div By, 60);
run(fjcreate, By) -> fork_join_create(40000 div By);
run(threadring, By) -> thread_ring(100, 100000 div By).

%% Two processes say ping and pong by turns.
ping_pong(Pings) ->
    Self = self(),
    Pong = spawn(fun() -> pong(0) end),
    spawn(fun() -> ping(Pong, Pings), Pong ! {stop, Self} end),
    receive {pings, Pings} -> ok end.

ping(_, 0) -> ok;
ping(Pong, Left) ->
    Pong ! {ping, self()},
    receive pong -> ping(Pong, Left - 1) end.

pong(Count) ->
    receive
        {ping, From} ->
            From ! pong,
            pong(Count + 1);
        {stop, To} ->
            To ! {pings, Count}
    end.

%% One process tells another to count, and asks in the end how far it has come.
count(Messages) ->
    Self = self(),
    Counter = spawn(fun() -> counter(0) end),
    spawn(fun() -> increment(Counter, Messages), Counter ! {count, Self} end),
    receive {counted, Messages} -> ok end.

increment(_, 0) -> ok;
increment(Counter, Left) ->
    Counter ! increment,
    increment(Counter, Left - 1).

counter(Count) ->
    receive
        increment -> counter(Count + 1);
        {count, To} -> To ! {counted, Count}
    end.

%% One process tells many, each in turn; for every message each computes a little.
fork_join_throughput(Messages, Workers) ->
    Self = self(),
    spawn(fun() ->
        All = [spawn(fun() -> worker(Self, theta(), Messages) end) || _ <- lists:seq(1, Workers)],
        tell_all(All, Messages)
    end),
    Workers = length([receive done -> ok end || _ <- lists:seq(1, Workers)]).

tell_all(_, 0) -> ok;
tell_all(All, Left) ->
    [Worker ! compute || Worker <- All],
    tell_all(All, Left - 1).

worker(Parent, _, 0) -> Parent ! done;
worker(Parent, Theta, Left) ->
    receive compute -> compute(Theta) end,
    worker(Parent, Theta, Left - 1).

compute(Theta) ->
    Sine = math:sin(Theta),
    true = Sine * Sine > 0.

%% Read while it runs, so that the compiler does not compute its sine.
theta() -> list_to_float("37.2").

%% Many processes, each of which is spawned, computes a little for the one message that it gets, and ends.
fork_join_create(Workers) ->
    Theta = theta(),
    Monitors = [create(Theta) || _ <- lists:seq(1, Workers)],
    [receive {'DOWN', Monitor, process, _, normal} -> ok end || Monitor <- Monitors].

create(Theta) ->
    {Process, Monitor} = spawn_monitor(fun() -> receive compute -> compute(Theta) end end),
    Process ! compute,
    Monitor.

%% A token goes around a ring of processes.
thread_ring(Processes, Hops) ->
    Self = self(),
    First = spawn(fun() -> link_first(Self) end),
    Second = lists:foldl(fun(Place, Next) -> spawn(fun() -> link(Place, Next, Self) end) end,
                         First, lists:seq(Processes - 1, 1, -1)),
    First ! {next, Second},
    First ! {pass, Hops},
    Place = Hops rem Processes,
    receive {last, Place} -> ok end,
    First ! stop,
    receive stopped -> ok end.

link_first(Parent) ->
    receive {next, Next} -> link(0, Next, Parent) end.

link(Place, Next, Parent) ->
    receive
        {pass, 0} ->
            Parent ! {last, Place},
            link(Place, Next, Parent);
        {pass, Left} ->
            Next ! {pass, Left - 1},
            link(Place, Next, Parent);
        stop when Place =:= 0 ->
            %% Once around.
            Next ! stop,
            receive stop -> Parent ! stopped end;
        stop ->
            Next ! stop
    end.
