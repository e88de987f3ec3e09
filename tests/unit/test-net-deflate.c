/* COMPRESS=DEFLATE, against a peer made of zlib: cuts at any byte, damage, bombs, ends. */
#include "net-client.h"
#include "net-server.h"

#include "base/err.h"
#include "net/deflate.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define BOMB_BYTES (256 * 1024 * 1024)
#define TURN_BYTES (256 * 1024)

/* ---- the peer ---- */

static z_stream *
packer_new(int level)
{
	z_stream *packer = g_new0(z_stream, 1);

	g_assert_cmpint(
		deflateInit2(packer, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
	return packer;
}

static void
packer_free(z_stream *packer)
{
	deflateEnd(packer);
	g_free(packer);
}

static void
pack(z_stream *packer, const char *data, gsize len, int flush, GString *out)
{
	char piece[4096];

	packer->next_in = (Bytef *)data;
	packer->avail_in = (uInt)len;
	do {
		packer->next_out = (Bytef *)piece;
		packer->avail_out = sizeof(piece);
		deflate(packer, flush);
		g_string_append_len(out, piece, sizeof(piece) - packer->avail_out);
	} while (packer->avail_out == 0);
}

/* Unpacks what is there of DATA. */
static void
unpack(z_stream *unpacker, const char *data, gsize len, GString *out)
{
	char piece[4096];

	unpacker->next_in = (Bytef *)data;
	unpacker->avail_in = (uInt)len;
	do {
		int code;

		unpacker->next_out = (Bytef *)piece;
		unpacker->avail_out = sizeof(piece);
		code = inflate(unpacker, Z_NO_FLUSH);
		g_assert_true(code == Z_OK || code == Z_BUF_ERROR);
		g_string_append_len(out, piece, sizeof(piece) - unpacker->avail_out);
	} while (unpacker->avail_out == 0);
}

/* Like a server's answers: lines that repeat, numbers that do not. */
static GString *
make_lines(guint n)
{
	GString *lines = g_string_new(NULL);

	for (guint i = 0; i < n; i++)
		g_string_append_printf(lines,
			"* %u FETCH (UID %u FLAGS (\\Seen) RFC822.SIZE %u)\r\n", i, i * 7919,
			(i * 2654435761u) >> 12);
	return lines;
}

/* Three flushes, the last block left open. */
static GString *
pack_lines(const GString *lines, int level)
{
	z_stream *packer = packer_new(level);
	GString *packed = g_string_new(NULL);
	gsize third = lines->len / 3;

	pack(packer, lines->str, third, Z_SYNC_FLUSH, packed);
	pack(packer, lines->str + third, third, Z_PARTIAL_FLUSH, packed);
	pack(packer, lines->str + 2 * third, lines->len - 2 * third, Z_SYNC_FLUSH, packed);
	packer_free(packer);
	return packed;
}

/* ---- both directions, without a line ---- */

static DeflateResult
read_all(Deflate *deflate, gsize at_once, GString *out, GError **error)
{
	g_autofree char *buf = g_malloc(at_once);
	DeflateResult result;
	gsize len;

	while ((result = deflate_read(deflate, buf, at_once, &len, error)) == DEFLATE_DONE) {
		g_assert_cmpuint(len, >, 0);
		g_assert_cmpuint(len, <=, at_once);
		g_string_append_len(out, buf, len);
	}
	if (result == DEFLATE_MORE)
		g_assert_false(deflate_pending(deflate));
	return result;
}

static Deflate *
make_deflate(void)
{
	g_autoptr(GError) error = NULL;
	Deflate *deflate = deflate_new(&error);

	g_assert_no_error(error);
	return deflate;
}

static void
check_cut(const GString *packed, gsize cut, gsize at_once, const GString *lines)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Deflate *deflate = make_deflate();

	deflate_feed(deflate, packed->str, cut);
	g_assert_cmpint(read_all(deflate, at_once, out, NULL), ==, DEFLATE_MORE);
	g_assert_true(strncmp(out->str, lines->str, out->len) == 0);
	deflate_feed(deflate, packed->str + cut, packed->len - cut);
	g_assert_cmpint(read_all(deflate, at_once, out, NULL), ==, DEFLATE_MORE);
	g_assert_cmpstr(out->str, ==, lines->str);
	deflate_free(deflate);
}

static void
test_read_cut(void)
{
	static const gsize sizes[] = {1, 7, 64 * 1024};
	g_autoptr(GString) lines = make_lines(30);

	for (int level = 0; level <= 9; level += 3) {
		g_autoptr(GString) packed = pack_lines(lines, level);

		for (gsize cut = 0; cut <= packed->len; cut++)
			check_cut(packed, cut, sizes[cut % G_N_ELEMENTS(sizes)], lines);
	}
}

static void
test_read_damage(void)
{
	g_autoptr(GString) lines = make_lines(30);
	g_autoptr(GString) packed = pack_lines(lines, 6);
	guint refused = 0;

	for (gsize i = 0; i < packed->len * 8; i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		g_autoptr(GError) error = NULL;
		Deflate *deflate = make_deflate();

		packed->str[i / 8] ^= (char)(1 << i % 8);
		deflate_feed(deflate, packed->str, packed->len);
		if (read_all(deflate, 4096, out, &error) == DEFLATE_FAILED) {
			g_assert_error(error, ERR_DOMAIN, ERR_PROTOCOL);
			/* And it stays so, whatever comes. */
			g_assert_true(deflate_pending(deflate));
			deflate_feed(deflate, "\0\0", 2);
			g_assert_cmpint(read_all(deflate, 4096, out, NULL), ==, DEFLATE_FAILED);
			refused++;
		}
		packed->str[i / 8] ^= (char)(1 << i % 8);
		deflate_free(deflate);
	}
	g_assert_cmpuint(refused, >, packed->len);
}

static void
test_read_end(void)
{
	g_autoptr(GString) lines = make_lines(3), packed = g_string_new(NULL);
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	z_stream *packer = packer_new(6);
	Deflate *deflate = make_deflate();

	pack(packer, lines->str, lines->len, Z_FINISH, packed);
	packer_free(packer);
	deflate_feed(deflate, packed->str, packed->len);
	g_assert_cmpint(read_all(deflate, 100, out, NULL), ==, DEFLATE_MORE);
	g_assert_cmpstr(out->str, ==, lines->str);
	deflate_feed(deflate, "* BYE", 5);
	g_assert_cmpint(read_all(deflate, 100, out, &error), ==, DEFLATE_FAILED);
	g_assert_error(error, ERR_DOMAIN, ERR_PROTOCOL);
	deflate_free(deflate);
}

/* Kilobytes that this process holds, 0 where the system doesn't say. */
static gsize
resident_kb(void)
{
	g_autofree char *statm = NULL;
	gsize pages = 0;

	if (g_file_get_contents("/proc/self/statm", &statm, NULL, NULL))
		sscanf(statm, "%*u %zu", &pages);
	return pages * 4;
}

static void
test_read_bomb(void)
{
	g_autofree char *zeros = g_malloc0(1024 * 1024), *buf = g_malloc(64 * 1024);
	g_autoptr(GString) packed = g_string_new(NULL);
	z_stream *packer = packer_new(9);
	Deflate *deflate = make_deflate();
	gsize before, total = 0, len = 0;

	for (guint i = 0; i < BOMB_BYTES / (1024 * 1024); i++)
		pack(packer, zeros, 1024 * 1024, Z_NO_FLUSH, packed);
	pack(packer, NULL, 0, Z_SYNC_FLUSH, packed);
	packer_free(packer);
	g_assert_cmpuint(packed->len, <, BOMB_BYTES / 500);
	deflate_feed(deflate, packed->str, packed->len);
	memset(buf, 1, 64 * 1024);
	before = resident_kb();
	while (deflate_read(deflate, buf, 64 * 1024, &len, NULL) == DEFLATE_DONE)
		total += len;
	g_assert_cmpuint(total, ==, BOMB_BYTES);
	g_assert_cmpuint(resident_kb(), <, before + 1024);
	deflate_free(deflate);
}

static void
test_write(void)
{
	z_stream unpacker = {0};
	g_autoptr(GString) lines = make_lines(2000), out = g_string_new(NULL);
	Deflate *deflate = make_deflate();
	guint32 state = 1;
	gsize at = 0, len;
	Bytes packed = {0};

	g_assert_cmpint(inflateInit2(&unpacker, -15), ==, Z_OK);
	while (at < lines->len) {
		gboolean flush;

		state = state * 1664525 + 1013904223;
		len = MIN((state >> 20) % 3000, lines->len - at);
		flush = state >> 31;
		deflate_write(deflate, lines->str + at, len, flush, &packed);
		at += len;
		if (flush) {
			const char *data = bytes_peek(&packed, &len);

			unpack(&unpacker, data, len, out);
			bytes_take(&packed, len);
			g_assert_cmpuint(out->len, ==, at);
		}
	}
	g_assert_true(memcmp(out->str, lines->str, out->len) == 0);
	inflateEnd(&unpacker);
	bytes_clear(&packed);
	deflate_free(deflate);
}

/* ---- on a line ---- */

typedef struct {
	NetServer *server;
	NetClient *client;
	NetTarget target;
	SSL_CTX *ctx; /* NULL: plain */
	NetCert *cert;
	char *cert_file;
	const GString *packed; /* what the peer sends behind its OK */
	gsize sent, got;       /* bytes of the peer on the line; read after it was joined */
	guint flushes;         /* of what it got */
} Scene;

#define ASKED "a COMPRESS DEFLATE\r\n"
#define TAKEN "a OK deflate\r\n"

static Scene *
scene_new(gboolean tls, NetTalk talk, const GString *packed)
{
	static const NetCertSpec spec = {.name = "mail", .hosts = "IP:127.0.0.1"};
	Scene *scene = g_new0(Scene, 1);

	scene->packed = packed;
	scene->client = net_client_new();
	if (tls) {
		scene->cert = net_cert_new(&spec);
		scene->cert_file = net_cert_write(scene->cert, FALSE);
		scene->ctx = net_server_context(scene->cert, NULL);
	}
	scene->server = net_server_new("127.0.0.1", scene->ctx, talk, scene);
	scene->target.security = tls ? NET_TLS : NET_PLAIN;
	scene->target.host = (char *)"127.0.0.1";
	scene->target.port = net_server_port(scene->server);
	scene->target.ca_file = scene->cert_file;
	return scene;
}

static void
scene_stop(Scene *scene)
{
	g_clear_pointer(&scene->client->stream, net_stream_free);
	g_clear_pointer(&scene->server, net_server_free);
}

static void
scene_free(Scene *scene)
{
	scene_stop(scene);
	net_client_free(scene->client);
	SSL_CTX_free(scene->ctx);
	if (scene->cert) {
		net_cert_free(scene->cert);
		g_unlink(scene->cert_file);
		g_free(scene->cert_file);
	}
	g_free(scene);
}

/* Opens, asks and starts; what the peer sent behind its OK in the same piece is the rest. */
static void
scene_start(Scene *scene)
{
	NetClient *client = scene->client;

	net_client_open(client, &scene->target);
	net_client_run(client, NET_SAW_OPENED | NET_SAW_CLOSED);
	client->wanted = client->deflate_at = strlen(TAKEN);
	net_client_write(client, ASKED, strlen(ASKED));
	net_client_run(client, NET_SAW_DATA | NET_SAW_CLOSED);
	g_assert_true(g_str_has_prefix(client->data->str, TAKEN));
	client->seen &= ~(NET_SAW_DATA | NET_SAW_DRAINED);
}

/* Says OK and the packed bytes in one piece. */
static gboolean
take_compress(NetPeer *peer)
{
	Scene *scene = peer->user;
	g_autoptr(GString) answer = g_string_new(TAKEN);

	if (scene->ctx && !net_peer_start_tls(peer))
		return FALSE;
	if (!net_peer_expect(peer, ASKED))
		return FALSE;
	if (scene->packed)
		g_string_append_len(answer, scene->packed->str, (gssize)scene->packed->len);
	return net_peer_send(peer, answer->str, answer->len);
}

static void
talk_say(NetPeer *peer)
{
	if (take_compress(peer))
		net_peer_wait_for_end(peer);
}

static void
talk_say_and_close(NetPeer *peer)
{
	take_compress(peer);
}

/* Unpacks and sends back, packed anew, until the line ends. */
static void
talk_echo(NetPeer *peer)
{
	Scene *scene = peer->user;
	z_stream *packer = packer_new(1), unpacker = {0};
	char c;

	inflateInit2(&unpacker, -15);
	if (!take_compress(peer))
		return;
	while (net_peer_read(peer, &c, 1)) {
		g_autoptr(GString) plain = g_string_new(NULL), packed = g_string_new(NULL);

		scene->got++;
		scene->flushes += c == '\xff'; /* nothing else of these tests has one */
		unpack(&unpacker, &c, 1, plain);
		if (plain->len == 0)
			continue;
		pack(packer, plain->str, plain->len, Z_SYNC_FLUSH, packed);
		scene->sent += packed->len;
		if (!net_peer_send(peer, packed->str, packed->len))
			break;
	}
	inflateEnd(&unpacker);
	packer_free(packer);
}

static void
check_echo(gboolean tls)
{
	g_autoptr(GString) lines = make_lines(50);
	Scene *scene = scene_new(tls, talk_echo, NULL);
	NetClient *client = scene->client;
	gsize taken = strlen(TAKEN);
	guint64 in, out;

	scene_start(scene);
	client->wanted = taken + lines->len;
	net_client_write(client, lines->str, 100);
	net_client_write(client, lines->str + 100, lines->len - 100);
	net_client_run(client, NET_SAW_DATA | NET_SAW_CLOSED);
	g_assert_cmpstr(client->data->str + taken, ==, lines->str);
	g_assert_true(client->seen & NET_SAW_DRAINED);
	net_stream_traffic(client->stream, &in, &out);
	scene_stop(scene);
	g_assert_cmpuint(scene->got, <, lines->len / 2);
	if (!tls) {
		g_assert_cmpuint(in, ==, taken + scene->sent);
		g_assert_cmpuint(out, ==, strlen(ASKED) + scene->got);
	}
	scene_free(scene);
}

static void
test_echo(void)
{
	check_echo(FALSE);
	check_echo(TRUE);
}

/* A turn's writes end in one flush: 00 00 FF FF (RFC 4978, 4). */
static void
test_one_flush(void)
{
	Scene *scene = scene_new(FALSE, talk_echo, NULL);
	NetClient *client = scene->client;

	scene_start(scene);
	client->wanted = strlen(TAKEN) + 30;
	for (guint i = 0; i < 10; i++)
		net_client_write(client, "b\r\n", 3);
	net_client_run(client, NET_SAW_DATA | NET_SAW_CLOSED);
	scene_stop(scene);
	g_assert_cmpuint(scene->flushes, ==, 2);
	scene_free(scene);
}

/* The line ends behind any byte of what is packed: what could be unpacked was handed out. */
static void
test_cut(void)
{
	g_autoptr(GString) lines = make_lines(6);
	g_autoptr(GString) packed = pack_lines(lines, 6);
	gsize whole = packed->len;
	gsize seen = 0;

	for (gsize cut = 0; cut <= whole; cut++) {
		g_autoptr(GString) part = g_string_new_len(packed->str, (gssize)cut);
		Scene *scene = scene_new(FALSE, talk_say_and_close, part);
		const char *got;

		scene_start(scene);
		net_client_run(scene->client, NET_SAW_CLOSED);
		g_assert_no_error(scene->client->error);
		got = scene->client->data->str + strlen(TAKEN);
		g_assert_true(g_str_has_prefix(lines->str, got));
		g_assert_cmpuint(strlen(got), >=, seen);
		seen = strlen(got);
		scene_free(scene);
	}
	g_assert_cmpuint(seen, ==, lines->len);
}

static void
check_damage(const char *damage, gsize len)
{
	g_autoptr(GString) lines = make_lines(6);
	g_autoptr(GString) packed = pack_lines(lines, 6);
	Scene *scene = scene_new(FALSE, talk_say, packed);

	g_string_append_len(packed, damage, (gssize)len);
	scene_start(scene);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_PROTOCOL);
	g_test_message("%s", scene->client->error->message);
	g_assert_cmpstr(scene->client->data->str + strlen(TAKEN), ==, lines->str);
	scene_free(scene);
}

static void
test_damage(void)
{
	check_damage("\x07", 1);                     /* no such block */
	check_damage("\x00\x01\x00\x00\x00", 5);     /* lengths that contradict each other */
	check_damage("\x03\x00* BYE plain\r\n", 15); /* an end, and more */
}

/* A bomb is unpacked as the owner takes it: so much in a turn, nothing while it is paused. */
static void
test_bomb(void)
{
	g_autofree char *zeros = g_malloc0(1024 * 1024);
	g_autoptr(GString) packed = g_string_new(NULL);
	z_stream *packer = packer_new(9);
	NetClient *client;
	Scene *scene;
	gsize before;

	for (guint i = 0; i < 32; i++)
		pack(packer, zeros, 1024 * 1024, Z_SYNC_FLUSH, packed);
	packer_free(packer);
	scene = scene_new(FALSE, talk_say, packed);
	client = scene->client;
	scene_start(scene);
	while (client->data->len < strlen(TAKEN) + 32 * 1024 * 1024) {
		before = client->data->len;
		g_main_context_iteration(NULL, TRUE);
		g_assert_cmpuint(client->data->len - before, <=, 2 * TURN_BYTES);
		if (before < 1024 * 1024 && client->data->len >= 1024 * 1024) {
			net_client_pause(client, TRUE);
			before = client->data->len;
			net_client_run_ms(client, 5);
			g_assert_cmpuint(client->data->len, ==, before);
			net_client_pause(client, FALSE);
		}
	}
	g_assert_cmpuint(client->largest, <=, 64 * 1024);
	scene_free(scene);
}

static void
test_misuse(void)
{
	Scene *scene = scene_new(FALSE, talk_say, NULL);

	scene_start(scene);
	net_stream_start_deflate(scene->client->stream, NULL, 0);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_POLICY);
	scene_free(scene);
	scene = scene_new(FALSE, talk_say, NULL);
	net_client_open(scene->client, &scene->target);
	net_client_run(scene->client, NET_SAW_OPENED);
	net_client_write(scene->client, ASKED, strlen(ASKED));
	net_stream_start_deflate(scene->client->stream, NULL, 0);
	net_client_run(scene->client, NET_SAW_CLOSED);
	g_assert_error(scene->client->error, ERR_DOMAIN, ERR_POLICY);
	scene_free(scene);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/deflate/read-cut", test_read_cut);
	g_test_add_func("/net/deflate/read-damage", test_read_damage);
	g_test_add_func("/net/deflate/read-end", test_read_end);
	g_test_add_func("/net/deflate/read-bomb", test_read_bomb);
	g_test_add_func("/net/deflate/write", test_write);
	g_test_add_func("/net/deflate/echo", test_echo);
	g_test_add_func("/net/deflate/one-flush", test_one_flush);
	g_test_add_func("/net/deflate/cut", test_cut);
	g_test_add_func("/net/deflate/damage", test_damage);
	g_test_add_func("/net/deflate/bomb", test_bomb);
	g_test_add_func("/net/deflate/misuse", test_misuse);
	return g_test_run();
}
