# Turns the numbered steps named as arguments into two C arrays, schema_state and schema_cache, each
# ended by NULL. Comments and blank lines stay behind.

function close_array()
{
	if (array)
		print ",\n\tNULL,\n};"
}

BEGIN {
	print "/* Made from the *.sql files of src/store/schema. */"
	print "#include \"store/store-private.h\""
}

FNR == 1 {
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/-.*/, "", name)
	if (name == array)
		printf ","
	else {
		close_array()
		printf "\nconst char *const schema_%s[] = {", name
		array = name
	}
}

/^--/ || /^$/ { next }

{
	gsub(/\\/, "&&")
	gsub(/"/, "\\\"")
	printf "\n\t\"%s\\n\"", $0
}

END { close_array() }
