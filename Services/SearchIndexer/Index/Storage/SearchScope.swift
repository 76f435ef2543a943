import TaskQuery

/// The words that an owner's tasks are found by: each begins with four characters of its own for the owner, so that no
/// posting list holds two owners' tasks; and with others for what lies in the trash, so that a count needs no look at rows.
///
/// The prefix is put here rather than in a tokenizer: the words are folded here anyway (SQLite knows no NFKD), and then
/// SQLite's `ascii` tokenizer, which parts at blanks and leaves the rest, is all that is needed.
struct SearchScope: Equatable {
  /// Four lowercase letters or digits: a fixed length, or a prefix query would cross into other owners.
  let prefix: [UInt8]

  static let maximumOwners: Int64 = 36 * 36 * 36 * 36 / 2

  init(owner number: Int64, isLive: Bool) {
    var rest = number * 2 + (isLive ? 0 : 1)
    var prefix: [UInt8] = [0, 0, 0, 0]
    for index in (0..<4).reversed() {
      prefix[index] = Self.digits[Int(rest % 36)]
      rest /= 36
    }
    self.prefix = prefix
  }

  private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

  /// A text's words as the search table takes them.
  func words(of text: String) -> [UInt8] {
    var words: [UInt8] = []
    Words.append(text, prefix: prefix, to: &words)
    return words
  }

  /// The words of tags. Between two tags stands the prefix alone, which is no word, so that no phrase runs across.
  func words(ofTags tags: some Collection<String>) -> [UInt8] {
    var words: [UInt8] = []
    for tag in tags {
      if !words.isEmpty { words += prefix + [UInt8(ascii: " ")] }
      Words.append(tag, prefix: prefix, to: &words)
    }
    return words
  }
}
