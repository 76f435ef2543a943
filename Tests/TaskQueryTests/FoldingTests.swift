import Subprocess
import TaskQuery
import Testing

/// Compares every assigned scalar with Python's `unicodedata`, which holds the Unicode Consortium's own data.
@Suite struct FoldingTests {
  func python(_ script: String) throws -> [Substring] {
    let output = try Subprocess.output(of: ["python3", "-c", script])
    return String(decoding: output, as: UTF8.self).split(separator: "\n")
  }

  let scalars = """
    import unicodedata as u
    cs = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000 and u.category(chr(c)) not in ('Cn', 'Co')]
    h = lambda s: '.'.join('%x' % ord(x) for x in s)

    """

  @Test func caseFoldingIsUnicodes() throws {
    let lines = try python(scalars + "for c in cs: print(h(c), h(c.casefold()))")
    #expect(lines.count > 140_000)
    for line in lines {
      let parts = line.split(separator: " ").map(decode)
      #expect(caseFolded(parts[0]).unicodeScalars.elementsEqual(parts[1].unicodeScalars), "\(line)")
    }
  }

  @Test func wordsAreComparedAfterNFKDCaseFoldingAndWithoutMarks() throws {
    let lines = try python(
      scalars + """
        def words(s):
          for i in range(3): s = u.normalize('NFKD', s.casefold())
          s = ''.join(x for x in s if u.category(x)[0] != 'M' and (u.category(x) != 'Cf' or x == '\\u200b'))
          return ''.join(x if u.category(x)[0] in 'LN' else ' ' for x in s).split()
        for c in cs: print(h(c), *[h(w) for w in words(c)])
        """)
    #expect(lines.count > 140_000)
    for line in lines {
      let parts = line.split(separator: " ").map(decode)
      let words = Words.words(of: parts[0])
      #expect(words.map { Array($0.unicodeScalars) } == parts.dropFirst().map { Array($0.unicodeScalars) }, "\(line)")
    }
  }

  func decode(_ text: Substring) -> String {
    var scalars = String.UnicodeScalarView()
    for part in text.split(separator: ".") {
      if let value = UInt32(part, radix: 16), let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
    }
    return String(scalars)
  }
}
