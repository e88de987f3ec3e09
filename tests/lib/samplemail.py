"""The words of the sample mail. Everyone in it is made up; every name of a host is reserved for examples.

Each folder has its reason: INBOX is a morning's mail in many scripts, Lists are threads, Charsets is one message
for each old charset, Junk is what a hostile sender would try, Oddities is what broken programs send.
"""

import math
import struct
import zlib

from sample import attachment, flowed, multipart, part, person, text, word

ADA = "Ada Lovelace <ada@example.org>"
GRACE = "Grace Hopper <grace@example.org>"
LINUS = "Linus Example <linus@example.net>"
ZOE = person("Zoë García", "zoe@example.com")
ALICE = "Alice Example <alice@example.org>"
KATHERINE = "Katherine Johnson <katherine@example.net>"
EMMY = "Emmy Noether <emmy@example.com>"
ALAN = "Alan Turing <alan@example.com>"
KERNEL = "To: kernel list <kernel@lists.example.net>"
POSTERN = "To: postern list <postern@lists.example.org>"

# A grey pixel, so that an image is a true image.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a4944415478da636800000082008177cd72b60000000049454e44ae426082")


def flower():
    """A PNG of 64 x 48: a sunflower before the sky. Stored and not packed, so that every zlib makes the same."""
    sky, leaf, petal, seeds = b"\x87\xb4\xdc", b"\x3c\x82\x3c", b"\xf2\xb9\x1e", b"\x5a\x37\x1e"

    def color(x, y):
        across, down = x - 32, y - 20
        far = math.hypot(across, down)
        if far < 6:
            return 3
        if far < 13 + 3 * math.cos(12 * math.atan2(down, across)):
            return 2
        return 1 if y > 42 or (down > 0 and abs(across) < 2) else 0

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(color(x, y) for x in range(64)) for y in range(48))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 3, 0, 0, 0))
            + chunk(b"PLTE", sky + leaf + petal + seeds) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))


FLOWER = flower()

# Layout tables, a hidden preview, a pixel, a link that lies, and one table that holds data.
NEWSLETTER = """<!DOCTYPE html><html><head><title>News</title><style>td { color: #333 }</style></head>
<body bgcolor="#ffffff"><div style="display:none;max-height:0">Cabins from 49 euro inside&nbsp;&zwnj;&nbsp;&zwnj;</div>
<table role="presentation" width="600" align="center"><tr><td style="font-size:0px">
<table role="presentation"><tr><td style="font-size:12px"><a href="https://lines.example.com/"><img
src="https://img.example.com/logo.png" alt="Harbour Lines"></a></td><td style="font-size:12px">
<a href="https://lines.example.com/online">Read online</a></td></tr></table></td></tr>
<tr><td><h1>Summer timetable</h1><p>From <b>1&nbsp;June</b> on there are <i>three</i> boats a day; the
<s>07:00</s> leaves at <u>08:00</u>.</p>
<table border="1"><tr><th>Boat</th><th>Leaves</th><th align="right">Cabin</th></tr>
<tr><td>Aurora</td><td>08:00</td><td align="right">49 &euro;</td></tr>
<tr><td>Bore</td><td>13:30</td><td align="right">59 &euro;</td></tr>
<tr><td>Svan&ouml;</td><td>21:15</td><td align="right">119 &euro;</td></tr></table>
<h2>What to bring</h2><ul><li>your ticket, on paper or as a picture<li>something warm:<ul><li>a coat</ul></ul>
<blockquote>The sea is calm in June, and the light does not end.</blockquote>
<p>Book at <a href="https://lines.example.com/book?week=23">our site</a>, or at
<a href="https://click.example.net/ls?u=77">www.lines.example.com</a>.</p></td></tr></table>
<img src="https://track.example.net/open?id=77" width="1" height="1"></body></html>
"""


def pdf(title):
    """A one-page PDF, small but whole enough for a viewer that mends the table of objects."""
    return ("%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<<>>>>endobj\n"
            "4 0 obj<</Length 0>>stream\n\nendstream endobj\n%% %s\ntrailer<</Root 1 0 R>>\n%%%%EOF\n" % title).encode()


def work(a):
    inbox(a)
    own(a)
    lists(a)
    travel(a)
    charsets(a)
    oddities(a)
    junk(a)


def inbox(a):
    m = a.mail
    m("INBOX", "21d 08:30", "seen", "welcome", ["From: Postmaster <postmaster@example.org>", "Subject: Welcome"],
      "Hello Alice,\n\nyour mailbox is ready. Nobody reads the answers to this message.\n\n-- \nThe postmaster\n")
    m("INBOX", "20d 11:02", "seen answered", "engine1",
      ["From: " + ADA, "Subject: Notes on the analytical engine"],
      flowed("Dear Alice,\n\nI have finished the notes. The engine weaves algebraical patterns just as the loom "
             "\nweaves flowers and leaves, and I believe that we may ask it for more than numbers.\n\n"
             "Would you read note G before I send it to the printer?\n\nAda\n"))
    m("INBOX", "17d 15:40", "seen", "minutes", ["From: " + KATHERINE, "Subject: Minutes of Monday's meeting"],
      "1. The trajectory was checked by hand.\n2. It was checked again.\n3. The machine agrees with us.\n"
      "4. Any other business: none.\n", uid=7)
    m("INBOX", "14d 09:15", "seen flagged", "keys",
      ["From: " + ALAN, "Subject: Keys for the new building", "Importance: high"],
      "Please pick up your key at the gate, between nine and noon.\nBring something with your name on it.\n")
    m("INBOX", "12d 18:22", "seen", "umlaut",
      ["From: " + ZOE, "Subject: " + word("Größenänderung des Postfachs", encoding="q")],
      text("Hallo Alice,\n\ndas Postfach ist jetzt doppelt so groß: 20 GB statt 10 GB.\n"
           "Übrigens: für äußerst lange Anhänge gibt es weiterhin die Ablage.\n\nViele Grüße\nZoë\n",
           encoding="quoted-printable"))
    m("INBOX", "9d 07:58", "seen $Forwarded", "invoice",
      ["From: Accounts <accounts@example.com>", "Subject: Invoice 2026-0417"],
      multipart("mixed", text("Please find the invoice for April attached.\n"),
                attachment("application/pdf", 'filename="invoice-2026-0417.pdf"', pdf("Invoice 2026-0417"))), uid=15)
    m("INBOX", "8d 13:37", "seen", "photos", ["From: " + EMMY, "Subject: " + word("Photos of the garden 🌻🐝")],
      multipart("mixed", text("The sunflowers came out 🌻 – and the bees found them at once 🐝🐝.\n"),
                attachment("image/png", "filename*=utf-8''Bl%C3%BCte%20im%20Garten.png", FLOWER),
                attachment("image/png", 'filename="' + word("Biene.png") + '"', PIXEL)))
    m("INBOX", "7d 10:00", "seen", "nosubject", ["From: " + GRACE], "The moth is taped into the log book.\n")
    m("INBOX", "6d 16:45", "", "html",
      ["From: Seminar Office <seminar@example.net>", "Subject: Programme of the summer seminar"],
      multipart("alternative",
                text("Programme of the summer seminar\n\n  * Monday: rings\n  * Tuesday: ideals\n"
                     "  * Wednesday: free\n\nMore at https://seminar.example.net/2026\n"),
                part("text/html; charset=utf-8",
                     "<html><body><h1>Programme of the summer seminar</h1><ul><li>Monday: <b>rings</b></li>"
                     "<li>Tuesday: <i>ideals</i></li><li>Wednesday: free</li></ul>"
                     "<p>More at <a href=\"https://seminar.example.net/2026\">our page</a></p></body></html>\n")))
    m("INBOX", "5d 12:12", "seen answered", "engine2",
      ["From: " + ADA, "Subject: Re: Notes on the analytical engine", "In-Reply-To: {engine1re}",
       "References: {engine1} {engine1re}"],
      flowed("On 1 May, Alice Example wrote:\n\n>> Would you read note G before I send it to the printer?\n"
             "> I read it twice. The table has 25 rows; do you mean row 21 to \n> run before row 20?\n\n"
             "You are right, and I thank you: two rows had changed places.\n\nAda\n"))
    m("INBOX", "4d 22:10", "seen", "korean",
      ["From: " + person("김민지", "minji@example.com", encoding="b"), "Subject: " + word("내일 회의 시간 변경 안내")],
      "안녕하세요,\n\n내일 회의는 오전 10시에서 오후 2시로 변경되었습니다.\n회의실은 그대로 3층입니다.\n\n감사합니다.\n")
    m("INBOX", "4d 23:59", "seen", "japanese",
      ["From: " + person("山田花子", "hanako@example.com", "iso-2022-jp", "b"),
       "Subject: " + word("新しい計算機についてのお知らせ", "iso-2022-jp")],
      text("山田です。\n\n新しい計算機が届きました。来週の月曜日から使えます。\n詳しい説明は添付の文書を読んでください。\n",
           "iso-2022-jp", "7bit"), uid=30)
    m("INBOX", "3d 06:30", "", "hebrew",
      ["From: " + person("נועה לוי", "noa@example.net", encoding="b"), "Subject: " + word("פגישה ביום שני בשעה 10:00")],
      "שלום אליס,\n\nהפגישה תתקיים ביום שני בשעה 10:00 בחדר 12.\n\nנועה\n")
    m("INBOX", "3d 14:20", "seen", "combining",
      ["From: " + person("Nguyễn Thị Ánh", "anh@example.com", encoding="b"),
       "Subject: " + word("Tiếng Việt: chữ có dấu – kết hợp và rời")],
      "Dựng sẵn:  Tiếng Việt có dấu\nKết hợp:   Tie\u0302\u0301ng Vie\u0323\u0302t co\u0301 da\u0302\u0301u\n")
    m("INBOX", "2d 08:05", "flagged", "patch0",
      ["From: " + LINUS, "Subject: [PATCH 0/3] sched: fix the fix", "Cc: kernel list <kernel@lists.example.net>"],
      multipart("mixed", text("The fix of last week needs a fix. Three patches; the second is the one that matters.\n\n"
                              " kernel/sched/core.c | 12 ++++++------\n 1 file changed, 6 insertions(+), 6 deletions(-)\n"),
                attachment("text/x-patch; charset=utf-8", 'filename="0001-sched-fix-the-fix.patch"',
                           "--- a/kernel/sched/core.c\n+++ b/kernel/sched/core.c\n@@ -1 +1 @@\n-fix\n+fix the fix\n",
                           "8bit")))
    m("INBOX", "2d 17:48", "", "quotes",
      ["From: " + ALAN, "Subject: Re: Re: Lunch on Thursday?", "References: {lunch} {lunch1}",
       "In-Reply-To: {lunch1}"],
      "Then the place by the river it is.\n\n> > > > Lunch on Thursday?\n> > > Only if it is not the canteen.\n"
      "> > It never is the canteen.\n> The place by the river, then, at half past twelve.\n\nAlan\n")
    m("INBOX", "1d 09:09", "seen", "lunch3",
      ["From: " + GRACE, "Subject: Re: Lunch on Thursday?", "In-Reply-To: {quotes}", "References: {lunch} {lunch1} {quotes}"],
      "I shall be there. I bring a nanosecond for everyone.\n")
    m("INBOX", "1d 11:30", "", "longlines",
      ["From: Newsletter <news@example.com>", "Subject: A very long subject line that goes on and on, past the edge of "
       "every terminal that anyone has, because somebody thought that the subject is the message",
       "List-Unsubscribe: <https://news.example.com/leave>"],
      text("One line that has no end: " + "word after word after word, " * 60 + "and here it ends.\n\n"
           "https://news.example.com/" + "a-path-that-cannot-be-broken/" * 12 + "\n", encoding="quoted-printable"))
    m("INBOX", "1d 19:33", "seen", "thai",
      ["From: " + person("สมชาย ใจดี", "somchai@example.net", encoding="b"),
       "Subject: " + word("ขอเชิญร่วมงานประชุมประจำปี")],
      "เรียน คุณอลิซ\n\nขอเชิญร่วมงานประชุมประจำปีในวันศุกร์นี้ เวลา 13.00 น.\n\nสมชาย\n")
    m("INBOX", "1d 21:05", "", "emoji",
      ["From: " + EMMY, "Subject: " + word("👩🏽‍🚀👨‍👩‍👧‍👦 families, flags 🇩🇪🇯🇵, and a heart ❤️")],
      "Each of these is one character to the eye:\n\n  👩🏽‍🚀 astronaut   👨‍👩‍👧‍👦 family   🇩🇪 flag   ❤️ heart   🏴󠁧󠁢󠁳󠁣󠁴󠁿 Scotland\n"
      "|1234567890|\n|👍👍👍👍👍|\n")
    m("INBOX", "9h", "", "chinese",
      ["From: " + person("王小明", "xiaoming@example.com", encoding="b"), "Subject: " + word("关于下周项目评审的通知")],
      "爱丽丝，您好：\n\n下周三上午九点在二楼会议室进行项目评审，请准备十分钟的报告。\n\n王小明\n", uid=41)
    m("INBOX", "5h", "seen $Important", "signed", ["From: " + GRACE, "Subject: Release checklist"],
      multipart("signed", text("[x] tag\n[x] changes written down\n[ ] tell everyone\n"),
                attachment("application/pgp-signature", 'filename="signature.asc"',
                           "-----BEGIN PGP SIGNATURE-----\n\nThis one is only an example.\n-----END PGP SIGNATURE-----\n",
                           "7bit"),
                more='; micalg=pgp-sha256; protocol="application/pgp-signature"'))
    m("INBOX", "3h", "todo", "calendar", ["From: " + KATHERINE, "Subject: Invitation: orbit review"],
      multipart("alternative", text("Orbit review on Friday, 14:00 to 15:00 UTC, room 7.\n"),
                part("text/calendar; charset=utf-8; method=REQUEST",
                     "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//EN\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:orbit@example.net\n"
                     "DTSTART:20260522T140000Z\nDTEND:20260522T150000Z\nSUMMARY:Orbit review\nLOCATION:Room 7\nEND:VEVENT\n"
                     "END:VCALENDAR\n")))
    m("INBOX", "110m", "", "russian",
      ["From: " + person("Софья Ковалевская", "sofia@example.net", "koi8-r", "b"),
       "Subject: " + word("О вращении твёрдого тела", "koi8-r")],
      text("Дорогая Алиса,\n\nзадача о вращении твёрдого тела решена. Рукопись посылаю отдельно.\n\nСофья\n", "koi8-r"))
    m("INBOX", "33m", "", "green", ["From: " + GRACE, "Subject: The build is green again"],
      flowed("It was one character, as it always is. The test that should have caught it now exists, and it fails "
             "\nwithout the change.\n\nIf you want to read it: the change is three lines, the test is thirty.\n\n"
             "> Who broke it?\n\nI did.\n\n-- \nGrace Hopper\n"))
    m("INBOX", "4m", "", "engine4",
      ["From: " + ADA, "Subject: Re: Notes on the analytical engine", "In-Reply-To: {engine2}",
       "References: {engine1} {engine1re} {engine2}"],
      flowed("The printer has it. If you find another row out of its place, tell me before noon; after that it is "
             "\nlead.\n\nAda\n"))


def own(a):
    m = a.mail
    to_ada = ["From: " + ALICE, "To: " + ADA]
    m("Sent", "19d 10:10", "seen", "engine1re",
      to_ada + ["Subject: Re: Notes on the analytical engine", "In-Reply-To: {engine1}", "References: {engine1}"],
      flowed("> Would you read note G before I send it to the printer?\n\nI read it twice. The table has 25 rows; do you "
             "mean row 21 to \nrun before row 20?\n\nAlice\n"))
    m("Sent", "3d 12:00", "seen", "lunch", ["From: " + ALICE, "To: " + ALAN, "Cc: " + GRACE, "Subject: Lunch on Thursday?"],
      "Lunch on Thursday?\n")
    m("Sent", "2d 17:00", "seen answered", "lunch1",
      ["From: " + ALICE, "To: " + ALAN, "Cc: " + GRACE, "Subject: Re: Lunch on Thursday?", "References: {lunch}"],
      "> > Only if it is not the canteen.\n> It never is the canteen.\nThe place by the river, then, at half past twelve.\n")
    m("Sent", "1d 08:00", "seen", "thanks", ["From: " + ALICE, "To: " + ZOE, "Subject: " + word("Re: Größenänderung des Postfachs")],
      "Vielen Dank, das reicht für eine Weile.\n")
    m("Drafts", "2h", "draft seen", "draft1", ["From: " + ALICE, "To: " + EMMY, "Subject: The seminar"],
      "Dear Emmy,\n\nI would like to come on Tuesday, but\n")
    m("Drafts", "40m", "draft", "draft2", ["From: " + ALICE, "To:", "Subject:"], "Do not forget:\n")
    for days, who, subject in ((90, GRACE, "Compilers: a proposal"), (75, KATHERINE, "Launch window, final"),
                               (60, EMMY, "Symmetry and what is kept"), (45, ALAN, "On the question whether it halts"),
                               (400, ADA, "First letter of the year before")):
        key = "archive%d" % days
        m("Archive", "%dd 10:00" % days, "seen", key, ["From: " + who, "Subject: " + subject],
          "This letter is in the archive.\n\nIts subject says what it was about: %s\n" % subject)
    m("Trash", "6d 04:00", "seen", "trash1", ["From: Newsletter <news@example.com>", "Subject: Last week in short"],
      "Nothing happened.\n")
    m("Trash", "13d 04:00", "", "trash2", ["From: Newsletter <news@example.com>", "Subject: The week before in short"],
      "Nothing happened either.\n")


def lists(a):
    m = a.mail
    k = [KERNEL, "List-Id: <kernel.lists.example.net>"]
    p = [POSTERN, "List-Id: <postern.lists.example.org>"]
    root = "References: {sched}"
    m("Lists/kernel", "6d 10:00", "seen", "sched", k + ["From: " + LINUS, "Subject: [RFC] sched: one queue or many?"],
      "One queue per core is simple until it is not. What would you measure first?\n")
    m("Lists/kernel", "6d 11:30", "seen", "sched1", k + ["From: " + GRACE, "Subject: Re: [RFC] sched: one queue or many?", root,
      "In-Reply-To: {sched}"], "> What would you measure first?\n\nThe wait, not the work.\n")
    m("Lists/kernel", "6d 12:00", "seen", "sched2", k + ["From: " + ALAN, "Subject: Re: [RFC] sched: one queue or many?", root +
      " {sched1}", "In-Reply-To: {sched1}"], "> > What would you measure first?\n> The wait, not the work.\n\nSeconded.\n")
    m("Lists/kernel", "5d 08:00", "", "sched3", k + ["From: " + LINUS, "Subject: Re: [RFC] sched: one queue or many?", root +
      " {sched1} {sched2}", "In-Reply-To: {sched2}"], "Then I measured. The figures are below.\n\n  queues   wait/ms\n"
      "       1       4.2\n       8       0.9\n      64       1.3\n")
    for i, what in enumerate(("sched: count the waiters", "sched: fix the fix", "sched: say so in the comment"), 1):
        m("Lists/kernel", "2d 08:%02d" % (5 + i), "" if i > 1 else "seen", "patch%d" % i,
          k + ["From: " + LINUS, "Subject: [PATCH %d/3] %s" % (i, what), "In-Reply-To: {patch0}", "References: {patch0}"],
          "diff --git a/kernel/sched/core.c b/kernel/sched/core.c\n--- a/kernel/sched/core.c\n+++ b/kernel/sched/core.c\n"
          "@@ -%d,3 +%d,3 @@\n \tlock(queue);\n-\twake(one);\n+\twake(all);\n \tunlock(queue);\n" % (i * 100, i * 100))
    m("Lists/kernel", "7h", "", "patch1re", k + ["From: " + EMMY, "Subject: Re: [PATCH 2/3] sched: fix the fix",
      "In-Reply-To: {patch2}", "References: {patch0} {patch2}"], "> -\twake(one);\n> +\twake(all);\n\nWhy all?\n")
    m("Lists/postern", "10d 10:00", "seen", "keys1", p + ["From: " + ZOE, "Subject: Which key archives?"],
      "Is there a key for the archive, or do I type the folder's name each time?\n")
    m("Lists/postern", "10d 10:20", "seen", "keys2", p + ["From: " + ADA, "Subject: Re: Which key archives?",
      "In-Reply-To: {keys1}", "References: {keys1}"], "> Is there a key for the archive\n\na does it, and u takes it back.\n")
    m("Lists/postern", "1d 10:00", "", "missing", p + ["From: " + KATHERINE, "Subject: Re: A message that nobody has",
      "In-Reply-To: {lost}", "References: {lost0} {lost}"], "An answer whose question was never delivered here.\n")
    m("Lists/postern", "20h", "", "loop1", p + ["From: " + ALAN, "Subject: A thread that bites its tail",
      "In-Reply-To: {loop2}", "References: {loop2}"], "I answer the one that answers me.\n")
    m("Lists/postern", "19h", "", "loop2", p + ["From: " + ALAN, "Subject: Re: A thread that bites its tail",
      "In-Reply-To: {loop1}", "References: {loop1}"], "So do I.\n")


def travel(a):
    m = a.mail
    m("Travel", "30d 09:00", "seen", "ticket", ["From: Railway <tickets@rail.example.com>", "Subject: Your ticket to Göteborg"],
      multipart("mixed", text("Your ticket is attached. Seat 61, by the window.\n"),
                attachment("application/pdf", 'filename="ticket.pdf"', pdf("Ticket")),
                attachment("text/calendar; charset=utf-8", 'filename="journey.ics"',
                           "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", "8bit")))
    m("Travel", "28d 20:00", "seen flagged", "hotel",
      ["From: " + person("Hôtel de l'Étoile", "reception@example.com", "iso-8859-1"),
       "Subject: " + word("Confirmation de votre réservation", "iso-8859-1", "q")],
      text("Chère Madame,\n\nnous confirmons votre réservation : une chambre, deux nuits, petit-déjeuner compris.\n",
           "iso-8859-1"))
    m("Travel", "27d 06:00", "seen", "newsletter",
      ["From: Harbour Lines <news@lines.example.com>", "Subject: Summer timetable, and a cabin for less"],
      part("text/html; charset=utf-8", NEWSLETTER, "quoted-printable"))
    m("Travel/2025", "300d 07:00", "seen", "boat", ["From: Ferry <boat@example.net>", "Subject: Departure is an hour later"],
      "The 07:00 leaves at 08:00.\n")


def charsets(a):
    m = a.mail
    f = "Gr&APYA3w-e &- Ma&AN8-"  # as IMAP writes "Größe & Maß"
    samples = (
        ("windows-1252", "“Smart quotes” – and a price of 20 €…"), ("iso-8859-15", "Prix : 20 € à l'œuvre"),
        ("iso-8859-2", "Zażółć gęślą jaźń"), ("iso-8859-7", "Καλημέρα κόσμε"), ("windows-1251", "Съешь ещё этих мягких булок"),
        ("gb18030", "中文简体与繁體"), ("big5", "繁體中文信件"), ("euc-kr", "한국어 편지"), ("shift_jis", "日本語の手紙"),
        ("utf-16", "UTF-16 with its mark"))
    for i, (charset, words) in enumerate(samples):
        m(f, "15d 10:%02d" % i, "seen" if i % 3 else "", "charset%d" % i,
          ["From: " + ADA, "Subject: " + word("%s: %s" % (charset, words), charset)],
          text("%s\n\nThis message is in %s.\n" % (words, charset), charset, "base64"))


def oddities(a):
    m, f = a.mail, "Oddities"
    m(f, "11d 01:00", "", "nofrom", ["Subject: Nobody wrote this"], "There is no From line.\n")
    m(f, "11d 01:01", "", "", [], b"\n")
    m(f, "11d 01:02", "", "", [], b"This is not a header at all\n\nand this is not a body of anything.\n")
    m(f, "11d 01:03", "", "baddate", ["From: " + ADA, "Subject: A date that is none", "Date: yesterday, after tea"], "Hm.\n")
    m(f, "11d 01:04", "", "future", ["From: " + ALAN, "Subject: From the year 2107", "Date: Fri, 1 Jan 2107 00:00:00 +1400"],
      "The clock of this computer is ahead.\n")
    m(f, "11d 01:05", "", "nocharset", ["From: " + ZOE, "Subject: A charset that is none"],
      part("text/plain; charset=x-klingon-9", b"Plain enough, but who knows: \xe9\xe8\n", "8bit"))
    m(f, "11d 01:06", "", "wrongcharset", ["From: " + ZOE, "Subject: =?utf-8?q?broken =ff=fe words?= and raw \udce9"],
      part("text/plain; charset=utf-8", b"Not UTF-8: caf\xe9, \xff\xfe, and cut short: \xe2\x82\n", "8bit"))
    m(f, "11d 01:07", "", "group", ["From: " + GRACE, "To: undisclosed-recipients:;", "Subject: To nobody in particular"],
      "The recipients are a group with nobody in it.\n")
    m(f, "11d 01:08", "", "empty", ["From: <>", "Subject: " + word(" ")], "")
    m(f, "11d 01:09", "", "unclosed", ["From: " + LINUS, "Subject: The boundary never comes"],
      part("multipart/mixed; boundary=never", b"--never\nContent-Type: text/plain\n\nThe first part has no end.\n", "7bit"))
    deep = text("At the bottom of fifty boxes.\n")
    for i in range(50):
        deep = multipart("mixed", deep, boundary="deep%d" % i)
    m(f, "11d 01:10", "", "deep", ["From: " + EMMY, "Subject: Fifty boxes, one in another"], deep)
    m(f, "11d 01:11", "", "many", ["From: " + KATHERINE, "Subject: Two hundred recipients",
      "To: " + ",\n ".join("Person %d <person%d@example.net>" % (i, i) for i in range(200))], "Hello, all of you.\n")
    m(f, "11d 01:12", "", "forward", ["From: " + ALAN, "Subject: Fwd: The build is green again"],
      multipart("mixed", text("See below.\n"), part("message/rfc822",
                b"From: Grace Hopper <grace@example.org>\nSubject: The build is green again\n\nIt was one character.\n")))
    m(f, "11d 01:13", "", "crlf", ["From: " + ADA, "Subject: folded\n over\n\tseveral\n lines"], "Tabs\tand\tmore\ttabs.\n")


def junk(a):
    m, f = a.mail, "Junk"
    m(f, "16h", "", "escape",
      ["From: \"\x1b[31mRed\x1b[0m\" <red@example.net>", "Subject: \x1b]0;owned\x07\x1b[2J\x1b[1;1HYour screen is mine \x9b5m"],
      text("A title \x1b]2;owned\x07, a clear \x1b[2J, a paste \x1b]52;c;cm0gLXJmIH4=\x07, a query \x1b[c \x1b[6n \x1bP+q544e\x1b\\,\n"
           "a C1 \u009b31m, a backspace over\b\b\b\bunder, a carriage return: real\rfake, a bell \x07, a nul \x00 and a delete \x7f.\n"))
    m(f, "15h", "", "bidi", ["From: " + person("Bank\u202e gro.elpmaxe", "bank@example.net"),
                             "Subject: " + word("Your file \u202egpj.exe\u202c is ready \u2066\u2067")],
      text("The file is invoice\u202efdp.exe and the link says https://bank.example.org\u200b.example.net/\n"
           "Unclosed: \u202e\u2066\u2067 and a mark \u200f here.\n"))
    m(f, "14h", "", "zalgo", ["From: " + person("Z\u0300\u0301\u0302\u0303\u0304a\u0300\u0301lgo", "zalgo@example.net"),
                              "Subject: " + word("H" + "\u0301" * 60 + "ello" + "\u200d" * 40)],
      "A" + "\u0300" * 3000 + " pile of accents.\n")
    m(f, "13h", "", "spoof", ["From: \"alice@example.org\" <mallory@example.net>", "Subject: Re: your password",
      "Reply-To: <x@example.com>"], multipart("mixed", text("Open this.\n"),
      attachment("text/plain", "filename=\"../../.ssh/authorized_keys\"", b"no\n"),
      attachment("application/octet-stream", "filename=\"-rf `id` $(id) ;.pdf\x1b[31m\"", b"no\n"),
      attachment("text/plain", "filename*=utf-8''%2e%2e%2f%00%0a.desktop", b"no\n")))
    m(f, "12h", "", "inject", ["From: Mallory <mallory@example.net>",
      "Subject: " + word("one line\r\nBcc: everyone@example.net\r\n\r\ntwo"), "Message-Id: <\"x\r y\"@example.net>"],
      part("text/html; charset=utf-8", "<img src=\"https://track.example.net/a.png\"><script>alert(1)</script><p>Hello"
           "<a href=\"javascript:alert(1)\">click</a>" + "<div>" * 400 + "deep\n"))


def home(a):
    m = a.mail
    m("INBOX", "3d 18:00", "seen", "h1", ["From: Library <library@example.org>", "Subject: Two books are due on Friday"],
      "Flatland\nThe Sand-Reckoner\n")
    m("INBOX", "1d 20:15", "", "h2", ["From: " + EMMY, "Subject: Dinner on Sunday?"], "At seven, if it suits you.\n")
    m("INBOX", "45m", "", "h3", ["From: Water Works <water@example.net>", "Subject: Reading the meter"],
      "We come on Thursday between 8 and 12.\n")
    m("Recipes", "40d 12:00", "seen flagged", "h4", ["From: " + ZOE, "Subject: " + word("Crêpes für zwölf")],
      text("500 g Mehl, 1 l Milch, 8 Eier, eine Prise Salz. ½ Stunde ruhen lassen.\n"))
