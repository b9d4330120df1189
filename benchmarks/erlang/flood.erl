%% One process tells another as fast as it can: `erl -run flood main Where What Count`.
%%
%% Where: `within` (the schedulers decide) or `between` (each process bound to a scheduler of its own).
%% What: number, binary (64 bytes), string (a short binary) or object (a map of five).
%% At most WINDOW messages are on their way; the receiver acknowledges every half of it. Prints one line
%% of JSON: messages and nanoseconds, after a warm-up.
-module(flood).
-export([main/1]).

-define(WINDOW, 1000).
-define(WARM_UP_MS, 1000).

main([Where, What, Count]) ->
    Messages = list_to_integer(Count),
    Self = self(),
    Sink = spawn_at(Where, 1, fun() -> sink(0, 0) end),
    spawn_at(Where, 2, fun() -> source(Self, Sink, value(What), Messages) end),
    Started = receive {started, At} -> At end,
    receive {seen, Messages} -> ok end,
    Ended = erlang:monotonic_time(nanosecond),
    io:format("{\"messages\":~B,\"nanoseconds\":~B}~n", [Messages, Ended - Started]),
    halt().

spawn_at("within", _, Fun) -> spawn(Fun);
spawn_at("between", Scheduler, Fun) -> spawn_opt(Fun, [{scheduler, Scheduler}]).

%% Made while it runs: what the compiler finds in the source is not copied to whom it is sent.
value("number") -> 7;
value("binary") -> binary:copy(<<1>>, 64);
value("string") -> binary:copy(<<"hello">>);
value("object") -> maps:from_list([{a, 1}, {b, binary:copy(<<"two">>)}, {c, 3},
                                   {d, binary:copy(<<"four">>)}, {e, 5}]).

source(Parent, Sink, Value, Messages) ->
    warm_up(Sink, Value, ?WINDOW, erlang:monotonic_time(millisecond) + ?WARM_UP_MS),
    Sink ! {report, self()},
    receive {seen, _} -> ok end,
    Parent ! {started, erlang:monotonic_time(nanosecond)},
    send(Sink, Value, Messages, ?WINDOW),
    Sink ! {report, Parent}.

warm_up(Sink, Value, Credit, Until) ->
    Left = send(Sink, Value, ?WINDOW, Credit),
    case erlang:monotonic_time(millisecond) < Until of
        true -> warm_up(Sink, Value, Left, Until);
        false -> ok
    end.

%% Returns the credit that is left. What of it is still on its way at the end is of no harm.
send(_, _, 0, Credit) -> Credit;
send(Sink, Value, Left, 0) ->
    receive {credit, Credit} -> send(Sink, Value, Left, Credit) end;
send(Sink, Value, Left, Credit) ->
    Sink ! {self(), Value},
    send(Sink, Value, Left - 1, Credit - 1).

sink(Seen, Unacknowledged) ->
    receive
        {report, To} ->
            To ! {seen, Seen},
            sink(0, 0);
        {From, _} when Unacknowledged + 1 =:= ?WINDOW div 2 ->
            From ! {credit, ?WINDOW div 2},
            sink(Seen + 1, 0);
        {_, _} ->
            sink(Seen + 1, Unacknowledged + 1)
    end.
