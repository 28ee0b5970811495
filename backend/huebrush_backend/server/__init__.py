"""The backend as a process: the asyncio front that clients talk to, and the worker process that holds the model."""
