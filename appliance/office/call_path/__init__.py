"""The call path: the graph of steps and conditions every call runs through, made from the office.

It has two readers: `explain.walk` tells what a call will do, `compiler/dialplan` writes it for the switch.
"""
