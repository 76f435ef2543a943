/// Text as search compares it: words of letters and digits after NFKD, case folding and without marks.
///
/// Everything else parts words, but for marks and invisible format characters, which are passed over. A word keeps its
/// first 128 octets of UTF-8. The index and the queries both go through here, so that they agree on every word.
public enum Words {
  /// Changes whenever a text may give other words than before: an index made with another one has to be built again.
  public static let version = 1

  static let maximumOctets = 128

  /// Appends each word as UTF-8: `prefix`, the word, a blank. Answers how many words there were.
  @discardableResult
  public static func append(_ text: String, prefix: [UInt8] = [], to output: inout [UInt8]) -> Int {
    var text = text
    return text.withUTF8 { utf8 in
      var writer = WordWriter(prefix: prefix, output: output)
      output = []  // the writer's now: appending must not copy
      var index = 0
      while index < utf8.count {
        let byte = utf8[index]
        if byte < 0x80 {
          writer.put(ascii: byte)
          index += 1
        } else {
          let (scalar, length) = decode(utf8, at: index)
          appendFolding(of: scalar, to: &writer)
          index += length
        }
      }
      writer.endWord()
      output = writer.output
      return writer.count
    }
  }

  /// The words of a text in order.
  public static func words(of text: String) -> [String] {
    var output: [UInt8] = []
    append(text, to: &output)
    return output.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A string's UTF-8 is valid: the first octet tells the length.
  private static func decode(_ utf8: UnsafeBufferPointer<UInt8>, at index: Int) -> (Unicode.Scalar, Int) {
    let first = UInt32(utf8[index])
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = first & (0x7F >> UInt32(length))
    for offset in 1..<length { value = value << 6 | UInt32(utf8[index + offset] & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  private static func appendFolding(of scalar: Unicode.Scalar, to writer: inout WordWriter) {
    if let folded = CompatibilityFolding.table[scalar.value] {
      for scalar in folded { writer.put(scalar) }
      return
    }
    if 0xAC00...0xD7A3 ~= scalar.value { return appendJamo(of: scalar.value - 0xAC00, to: &writer) }
    switch scalar.properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .letterNumber, .otherNumber, .privateUse:
      writer.put(scalar)
    case .uppercaseLetter, .titlecaseLetter:
      var folded = String.UnicodeScalarView()
      appendCaseFolding(of: scalar, to: &folded)
      for scalar in folded { writer.put(scalar) }
    case .nonspacingMark, .spacingMark, .enclosingMark: break
    // A zero-width space is there to part words, the other format characters are not.
    case .format where scalar != "\u{200B}": break
    default: writer.endWord()
    }
  }

  /// Hangul syllables decompose by arithmetic (Unicode §3.12).
  private static func appendJamo(of syllable: UInt32, to writer: inout WordWriter) {
    let parts = [0x1100 + syllable / 588, 0x1161 + syllable % 588 / 28, 0x11A7 + syllable % 28]
    for part in parts where part != 0x11A7 {
      if let jamo = Unicode.Scalar(part) { writer.put(jamo) }
    }
  }
}

/// Puts words together, each with its prefix and a blank behind.
private struct WordWriter {
  let prefix: [UInt8]
  var output: [UInt8]
  var count = 0
  private var isInWord = false
  private var start = 0
  private var isFull = false

  init(prefix: [UInt8], output: [UInt8]) {
    self.prefix = prefix
    self.output = output
  }

  @inline(__always)
  mutating func put(ascii byte: UInt8) {
    let lowercase = asciiLowercased(byte)
    if lowercase &- 0x61 < 26 || byte &- 0x30 < 10 { putOctet(lowercase) } else { endWord() }
  }

  /// `scalar` is folded; an ASCII one that is no letter or digit parts words.
  mutating func put(_ scalar: Unicode.Scalar) {
    if scalar.isASCII { return put(ascii: UInt8(scalar.value)) }
    let utf8 = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    beginWord()
    if output.count - start + utf8.count > Words.maximumOctets { isFull = true }
    if !isFull { output.append(contentsOf: utf8) }
  }

  private mutating func putOctet(_ byte: UInt8) {
    beginWord()
    if output.count - start == Words.maximumOctets { isFull = true }
    if !isFull { output.append(byte) }
  }

  private mutating func beginWord() {
    guard !isInWord else { return }
    isInWord = true
    isFull = false
    output.append(contentsOf: prefix)
    start = output.count
    count += 1
  }

  mutating func endWord() {
    guard isInWord else { return }
    isInWord = false
    output.append(UInt8(ascii: " "))
  }
}
