%% One process tells another as fast as it can: `erl -run flood main Where What Count`.
%%
%% Where: `within` (the schedulers decide) or `between` (each process bound to a scheduler of its own).
%% What: number, binary (64 bytes), string (a short binary) or object (a map of five).
%% At most WINDOW messages are on their way; the receiver acknowledges every half of it. Prints one line
%% of JSON: messages and nanoseconds, the first half of the messages being the warm-up.
-module(flood).
-export([main/1]).

-define(WINDOW, 1000).

main([Where, What, Count]) ->
    Messages = list_to_integer(Count),
    Self = self(),
    Sink = spawn_at(Where, 1, fun() -> sink(Self, 0, 0) end),
    spawn_at(Where, 2, fun() -> source(Self, Sink, value(What), Messages) end),
    Started = receive {started, At} -> At end,
    receive {seen, Messages} -> ok end,
    Ended = erlang:monotonic_time(nanosecond),
    io:format("{\"messages\":~B,\"nanoseconds\":~B}~n", [Messages, Ended - Started]),
    halt().

spawn_at("within", _, Fun) -> spawn(Fun);
spawn_at("between", Scheduler, Fun) -> spawn_opt(Fun, [{scheduler, Scheduler}]).

value("number") -> 7;
value("binary") -> binary:copy(<<1>>, 64);
value("string") -> <<"hello">>;
value("object") -> #{a => 1, b => <<"two">>, c => 3, d => <<"four">>, e => 5}.

source(Parent, Sink, Value, Messages) ->
    send(Sink, Value, Messages div 2, ?WINDOW),
    Sink ! {report, self()},
    receive {seen, _} -> ok end,
    Parent ! {started, erlang:monotonic_time(nanosecond)},
    send(Sink, Value, Messages, ?WINDOW),
    Sink ! {report, Parent}.

%% Acknowledgements that are still on their way at the end are of no harm: credit only grows by them.
send(_, _, 0, _) -> ok;
send(Sink, Value, Left, 0) ->
    receive {credit, Credit} -> send(Sink, Value, Left, Credit) end;
send(Sink, Value, Left, Credit) ->
    Sink ! {self(), Value},
    send(Sink, Value, Left - 1, Credit - 1).

sink(Parent, Seen, Unacknowledged) ->
    receive
        {report, To} ->
            To ! {seen, Seen},
            sink(Parent, 0, 0);
        {From, _} when Unacknowledged + 1 =:= ?WINDOW div 2 ->
            From ! {credit, ?WINDOW div 2},
            sink(Parent, Seen + 1, 0);
        {_, _} ->
            sink(Parent, Seen + 1, Unacknowledged + 1)
    end.
