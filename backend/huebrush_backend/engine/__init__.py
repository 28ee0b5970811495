"""One request in, events and a result out.

Import from the modules: `engine.engine` carries requests out; `engine.request` has what goes in and comes out, and
needs no torch, so this file imports nothing.
"""
