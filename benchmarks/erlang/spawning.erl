%% Spawns processes and stops them again: `erl -run spawning main Count`.
%%
%% Prints one line of JSON: actors, nanoseconds to spawn them all, nanoseconds to stop them all and to
%% hear of it, and bytes of memory that each takes.
-module(spawning).
-export([main/1]).

main([Text]) ->
    Count = list_to_integer(Text),
    stop(spawn_all(Count div 10)),
    erlang:garbage_collect(),
    Before = erlang:memory(total),
    Start = erlang:monotonic_time(nanosecond),
    Processes = spawn_all(Count),
    Spawned = erlang:monotonic_time(nanosecond),
    Bytes = (erlang:memory(total) - Before) div Count,
    Stopping = erlang:monotonic_time(nanosecond),
    stop(Processes),
    Stopped = erlang:monotonic_time(nanosecond),
    io:format("{\"actors\":~B,\"spawnNanoseconds\":~B,\"stopNanoseconds\":~B,\"bytes\":~B}~n",
              [Count, Spawned - Start, Stopped - Stopping, Bytes]),
    halt().

spawn_all(Count) -> [spawn_monitor(fun idle/0) || _ <- lists:seq(1, Count)].

idle() -> receive stop -> ok end.

stop(Processes) ->
    [Pid ! stop || {Pid, _} <- Processes],
    [receive {'DOWN', _, _, _, _} -> ok end || _ <- Processes].
