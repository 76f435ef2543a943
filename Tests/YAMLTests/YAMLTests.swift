import Testing
import YAML

private func documents(_ text: String) throws(YAMLError) -> [YAMLNode] {
  try YAMLNode.documents(Array(text.utf8), file: "c.yaml")
}

private func root(_ text: String) throws -> YAMLNode { try #require(try documents(text).first) }

private func message(_ text: String, _ read: (YAMLNode) throws -> Void = { _ in }) -> String? {
  do {
    for document in try documents(text) { try read(document) }
    return nil
  } catch { return "\(error)" }
}

@Suite("YAML files")
struct YAMLTests {
  @Test("a component file is read with places and in order")
  func component() throws {
    let node = try root(
      """
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata:
        name: statestore   # a comment
      spec:
        type: state.postgresql
        version: v2
        metadata:
        - name: connectionString
          value: "host=localhost user='x'"
        - {name: timeout, value: 20}
        - name: cleanup
          value: true
      """)
    #expect(try node.entries().map(\.key) == ["apiVersion", "kind", "metadata", "spec"])
    #expect(try node.required("metadata").required("name").string() == "statestore")
    let items = try node.required("spec").required("metadata").elements()
    #expect(try items.map { try $0.required("value").text() } == ["host=localhost user='x'", "20", "true"])
    #expect(try items[1].required("value").position == YAMLPosition(file: "c.yaml", line: 11, column: 28))
  }

  @Test("several documents in a file; empty ones are left out")
  func severalDocuments() throws {
    let all = try documents("---\na: 1\n---\n---\nb: 2\n...\n# end\n")
    #expect(try all.map { try $0.entries().map(\.key) } == [["a"], ["b"]])
    #expect(try documents("").isEmpty)
    #expect(try documents("# nothing\n").isEmpty)
  }

  @Test("quoted numbers are strings, plain ones are not, tags decide")
  func scalarKinds() throws {
    let node = try root(
      "{a: '5', b: 5, c: \"true\", d: true, e: !!str 5, f: 0x1F, g: 1.5, h: ~, i: x5, k: 1e3, l: -12, m: '', n: 0o17}")
    let kinds: [String: YAMLScalar.Kind] = [
      "a": .string, "b": .int, "c": .string, "d": .bool, "e": .string, "f": .int, "g": .float, "h": .null, "i": .string,
      "k": .float, "l": .int,
      "m": .string, "n": .int,
    ]
    for entry in try node.entries() {
      guard case .scalar(let scalar) = entry.value.content else { throw YAMLError(at: node.position, "no scalar") }
      #expect(scalar.kind == kinds[entry.key], "\(entry.key)")
    }
    #expect(try node.required("f").int() == 31)
    #expect(try node.required("n").int() == 15)
    #expect(try node.required("l").int() == -12)
    #expect(try node.value("h") == nil)
    #expect(try node.required("a").string() == "5")
    #expect(try root("k: |\n  a\n  b\n").required("k").string() == "a\nb\n")
    #expect(try root("k: >-\n  5\n").required("k").string() == "5")
  }

  @Test("each refusal names file, line, column and rule")
  func refusals() {
    #expect(message("a: 1\nb: 2\na: 3\n") == "c.yaml:3:1: the key \"a\" stands here a second time")
    #expect(message("a: *x\n") == "c.yaml:1:4: the anchor \"x\" is not known")
    #expect(message("a: &x [*x]\n") == "c.yaml:1:8: the anchor \"x\" is not known")
    #expect(message("---\na: &x 1\n---\nb: *x\n") == "c.yaml:4:4: the anchor \"x\" is not known")
    #expect(message("[1]: 2\n") == "c.yaml:1:1: a key must be a scalar")
    #expect(message("a: &x {b: 1}\nc:\n  <<: *x\n") == "c.yaml:3:3: merge keys are not supported")
    #expect(message("a: [1\nb: 2\n")?.hasPrefix("c.yaml:2:") == true)
    #expect(message("a:\n\t- b\n")?.hasPrefix("c.yaml:2:1: found character that cannot start any token") == true)
    #expect(message("a: 'x\n")?.hasPrefix("c.yaml:2:1: found unexpected end of stream") == true)
    #expect(message(String(repeating: "[", count: 66)) == "c.yaml:1:66: more than 64 values lie inside each other")
  }

  @Test("octets that are not UTF-8 are refused at their place")
  func notUTF8() {
    #expect {
      try YAMLNode.documents(Array("a: 1\nb: ".utf8) + [0xFF], file: "f")
    } throws: {
      ($0 as? YAMLError)?.position == YAMLPosition(file: "f", line: 2, column: 4)
    }
  }

  @Test("accessors say what they expected and what is there")
  func accessors() {
    #expect(
      message("a: 5") { _ = try $0.required("a").string() }
        == "c.yaml:1:4: a string (put it in quotes if it is meant as one) is expected, not 5")
    #expect(message("a: yes") { _ = try $0.required("a").bool() } == "c.yaml:1:4: true or false is expected, not yes")
    #expect(message("a: \"5\"") { _ = try $0.required("a").int() } == "c.yaml:1:4: an integer is expected, not \"5\"")
    #expect(
      message("a: 99999999999999999999") { _ = try $0.required("a").int() }
        == "c.yaml:1:4: the integer 99999999999999999999 is beyond 64 bits")
    #expect(
      message("a: {b: 1}") { _ = try $0.required("a").elements() } == "c.yaml:1:4: a list is expected, not a mapping")
    #expect(message("a: [b]") { _ = try $0.required("a").entries() } == "c.yaml:1:4: a mapping is expected, not a list")
    #expect(message("- a") { _ = try $0.required("a") } == "c.yaml:1:1: a mapping is expected, not a list")
    #expect(message("x:\n  a:") { _ = try $0.required("x").required("a") } == "c.yaml:2:3: the key \"a\" is missing")
    #expect(
      message("a: 1\nbb: 2") { try $0.allowOnly(["a", "b"]) }
        == "c.yaml:2:1: the key \"bb\" is not known here (known: a, b)")
  }

  @Test("aliases stand for their anchors, and bombs of them are refused")
  func aliases() throws {
    let node = try root("a: &x {b: [1]}\nc: *x\n")
    #expect(try node.required("c").required("b").elements().first?.int() == 1)
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for i in 1..<12 {
      bomb += "a\(i): &a\(i) [" + Array(repeating: "*a\(i - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    #expect(message(bomb)?.hasSuffix("the file has more than 100,000 values, aliases counted in full") == true)
    var tower = "a0: &a0 [x]\n"
    for i in 1..<100 { tower += "a\(i): &a\(i) [*a\(i - 1)]\n" }
    #expect(message(tower)?.hasSuffix("more than 64 values lie inside each other") == true)
  }
}
