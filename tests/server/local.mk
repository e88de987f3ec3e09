SERVER_TESTS = tests/server/sample-server.py
TESTS += $(SERVER_TESTS)
EXTRA_DIST += $(SERVER_TESTS)
