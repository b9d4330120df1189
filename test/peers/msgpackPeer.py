"""Reads values of msgpack, and answers with what Python takes each for, and with the value again."""

import sys

import msgpack

values = msgpack.Unpacker(sys.stdin.buffer)
answer = [[repr(value), value] for value in values]
sys.stdout.buffer.write(msgpack.packb(answer))
