EXTRA_DIST += tools/check tools/demo tools/lib.sh tools/make-mailbox tools/sample-server \
	tools/update-manual \
	tests/lib/dovecot.py tests/lib/sample.py tests/lib/samplemail.py
