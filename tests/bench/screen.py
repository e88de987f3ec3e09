"""A terminal's screen, as far as mail readers use one: characters and the cursor, no colours."""

import codecs
import re
import unicodedata

TOKEN = re.compile(r"\x1b\[([?>=]?)([\d;:]*)[ -/]*([@-~])|\x1b[\]P_^X](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\)|"
                   r"\x1b[()*+#%].|\x1b[^\[\]P_^X()*+#%]|([\x00-\x1a\x1c-\x1f\x7f])|([^\x00-\x1f\x7f]+)", re.DOTALL)


def width(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Screen:
    """Feed it what a program writes; lines() and the cursor (row, column from 0) are what a person sees."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest = ""
        self.row = self.column = 0
        self.saved = (0, 0)
        self.top, self.bottom = 0, rows
        self.last = " "
        self.cells = [self.blank() for _ in range(rows)]

    def blank(self):
        return [" "] * self.columns

    def lines(self):
        return ["".join(line) for line in self.cells]

    def feed(self, data):
        text = self.rest + self.decoder.decode(data)
        at = 0
        while (token := TOKEN.match(text, at)) is not None:
            at = token.end()
            private, numbers, final, control, plain = token.groups()
            if plain:
                self.put(plain)
            elif control:
                self.control(control)
            elif final and not private:
                self.sequence(final, [int(n or 0) for n in re.split("[;:]", numbers)])
            elif final is None:
                self.escape(token.group())
        self.rest = text[at:]

    def put(self, text):
        for character in text:
            cells = width(character)
            if cells == 0:
                continue
            if self.column + cells > self.columns:
                self.column = 0
                self.line_feed()
            line = self.cells[self.row]
            line[self.column] = self.last = character
            if cells == 2:
                line[self.column + 1] = ""
            self.column += cells

    def control(self, character):
        if character == "\r":
            self.column = 0
        elif character in "\n\v\f":
            self.line_feed()
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)

    def line_feed(self):
        if self.row == self.bottom - 1:
            self.scroll(self.top, 1)
        else:
            self.row = min(self.rows - 1, self.row + 1)

    def scroll(self, top, count):
        """COUNT lines go at TOP and come at the end of the region; a negative COUNT is the other way round."""
        part = self.cells[top:self.bottom]
        new = [self.blank() for _ in range(min(abs(count), len(part)))]
        self.cells[top:self.bottom] = part[len(new):] + new if count > 0 else new + part[:len(part) - len(new)]

    def escape(self, text):
        if text == "\x1b7":
            self.saved = (self.row, self.column)
        elif text == "\x1b8":
            self.row, self.column = self.saved
        elif text in ("\x1bD", "\x1bE"):
            self.line_feed()
        elif text == "\x1bM":
            if self.row == self.top:
                self.scroll(self.top, -1)
            else:
                self.row = max(0, self.row - 1)

    def sequence(self, final, numbers):
        first = numbers[0]
        n = max(1, first)
        line = self.cells[self.row]
        column = min(self.column, self.columns - 1)
        if final in "Hf":
            self.go(first - 1, (numbers[1] if len(numbers) > 1 else 1) - 1)
        elif final in "ABCDEFG`de":
            moves = {"A": (-n, 0), "B": (n, 0), "e": (n, 0), "C": (0, n), "D": (0, -n), "E": (n, -column),
                     "F": (-n, -column), "G": (0, n - 1 - column), "`": (0, n - 1 - column), "d": (n - 1 - self.row, 0)}
            down, right = moves[final]
            self.go(self.row + down, column + right)
        elif final == "J":
            self.erase_lines({0: range(self.row + 1, self.rows), 1: range(self.row)}.get(first, range(self.rows)))
            self.erase_line(line, column, min(first, 2))
        elif final == "K":
            self.erase_line(line, column, first)
        elif final == "X":
            line[column:column + n] = [" "] * len(line[column:column + n])
        elif final == "@":
            line[column:column] = [" "] * n
            del line[self.columns:]
        elif final == "P":
            del line[column:column + n]
            line += [" "] * (self.columns - len(line))
        elif final in "LMST":
            top = self.row if final in "LM" else self.top
            self.scroll(top, n if final in "MS" else -n)
        elif final == "b":
            self.put(self.last * n)
        elif final == "r":
            self.top = max(0, first - 1)
            self.bottom = (numbers[1] if len(numbers) > 1 else 0) or self.rows
            self.go(0, 0)

    def go(self, row, column):
        self.row = min(max(row, 0), self.rows - 1)
        self.column = min(max(column, 0), self.columns - 1)

    def erase_lines(self, rows):
        for row in rows:
            self.cells[row] = self.blank()

    def erase_line(self, line, column, how):
        first, end = {0: (column, self.columns), 1: (0, column + 1)}.get(how, (0, self.columns))
        line[first:end] = [" "] * (end - first)
