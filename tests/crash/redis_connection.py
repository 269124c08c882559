"""One connection of redis-py that sends commands as they are, many at a time."""

import redis


class RedisConnection:
    """Answers come one by one, so that it is known which of a pipeline have come."""

    ERRORS = (redis.RedisError, OSError)

    def __init__(self, node):
        self.connection = redis.Connection(host="127.0.0.1", port=node.ports["redis"], socket_timeout=60,
                                           socket_connect_timeout=10, decode_responses=True)
        self.connection.connect()

    def send(self, commands):
        self.connection.send_packed_command(self.connection.pack_commands(commands), check_health=False)

    def read(self):
        """An error reply is raised, also one inside of EXEC's."""
        reply = self.connection.read_response()
        for each in reply if isinstance(reply, list) else [reply]:
            if isinstance(each, redis.ResponseError):
                raise each
        return reply

    def call(self, *commands):
        """The answers to all of them, in one go."""
        self.send(commands)
        return [self.read() for _ in commands]

    def close(self):
        self.connection.disconnect()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
