"""The agent: observes one machine and delivers to a Gonogo elsewhere. A lean process without server code.

It is started as ``python -m gonogo.observe.agent``, which ``gonogo agent`` does. One thread samples and another one
delivers, so that a server that hangs costs no sample; what lies between them is on disk.
"""
