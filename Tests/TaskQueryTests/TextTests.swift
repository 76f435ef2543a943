import TaskQuery
import Testing

@Suite struct TextTests {
  func terms(_ text: String) throws -> [TextQuery.Term] { try TextQuery(text).terms }

  @Test func wordsPhrasesPrefixesAndNegationsAreToldApart() throws {
    #expect(
      try terms("Buy \"two  Litres\" mil* -cheap -\"long life\" -soy*")
        == [
          .init(.word, ["buy"]), .init(.phrase, ["two", "litres"]), .init(.prefix, ["mil"]),
          .init(.word, ["cheap"], isNegated: true), .init(.phrase, ["long", "life"], isNegated: true),
          .init(.prefix, ["soy"], isNegated: true),
        ])
  }

  @Test func fieldsNarrowWhateverFollows() throws {
    #expect(
      try terms("title:milk Notes:\"a b\" -tag:ho* foo:bar")
        == [
          .init(.word, ["milk"], in: .title), .init(.phrase, ["a", "b"], in: .notes),
          .init(.prefix, ["ho"], in: .tag, isNegated: true), .init(.word, ["foo", "bar"]),
        ])
    #expect(try terms("title: milk") == [.init(.word, ["title"]), .init(.word, ["milk"])])
  }

  @Test(arguments: [
    ("\"open quote", [TextQuery.Term(.phrase, ["open", "quote"])]),
    ("- * -- !!! title:\"\" - \"", []),
    ("AND OR not", [.init(.word, ["and"]), .init(.word, ["or"]), .init(.word, ["not"])]),
    ("e-mail", [.init(.word, ["e", "mail"])]),
    ("--milk", [.init(.word, ["milk"], isNegated: true)]),
    ("a\"b c\"", [.init(.word, ["a"]), .init(.phrase, ["b", "c"])]),
    ("milk milk", [.init(.word, ["milk"])]),
    ("milk**", [.init(.word, ["milk"])]),
    ("cafe\u{301}*", [.init(.prefix, ["cafe"])]),
  ]) func wordsNeverFail(text: String, terms: [TextQuery.Term]) throws {
    #expect(try TextQuery(text).terms == terms)
  }

  @Test func aQueryOfBookLengthIsRefused() {
    #expect(throws: QueryError.self) { try TextQuery(String(repeating: "word ", count: 401)) }
  }

  @Test(arguments: [
    ("Straße ÉCOLE", ["strasse", "ecole"]), ("ﬁancé ①②", ["fiance", "12"]), ("don't 3½", ["don", "t", "31", "2"]),
    ("ＦＵＬＬ width", ["full", "width"]), ("soft\u{AD}hyphen zero\u{200B}width", ["softhyphen", "zero", "width"]),
    ("ΣΊΣΥΦΟΣ", ["σισυφοσ"]), ("日本語 テスト", ["日本語", "テスト"]), ("🎉 !", []),
  ]) func wordsAreFolded(text: String, words: [String]) {
    #expect(Words.words(of: text) == words)
  }

  @Test func composedAndDecomposedTextGiveTheSameWords() {
    #expect(
      Words.words(of: "한국 é ờ")
        == Words.words(of: "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8} e\u{301} o\u{31B}\u{300}"))
  }

  @Test func aWordKeepsItsFirst128Octets() {
    let long = String(repeating: "é日", count: 5_000)
    let words = Words.words(of: long + " next")
    #expect(words.count == 2)
    #expect(words[0].utf8.count == 128)
    #expect(words[1] == "next")
  }

  @Test func eachWordIsWrittenWithItsPrefix() {
    var output = Array("x".utf8)
    #expect(Words.append("One, two", prefix: Array("0a".utf8), to: &output) == 2)
    #expect(String(decoding: output, as: UTF8.self) == "x0aone 0atwo ")
  }
}
