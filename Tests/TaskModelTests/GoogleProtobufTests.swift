import Foundation
import JSON
import Protobuf
import SeededRandom
import Subprocess
import TaskModel
import Testing

/// The messages between daemons beside Google's own implementation: `protoc` (Debian's protobuf-compiler, 3.21) compiles
/// Shared/Proto, and PyPI's `protobuf` of the same line reads what we write and the other way round.
@Suite("Messages between daemons, beside Google's protobuf")
struct GoogleProtobufTests {
  /// The Python runtime that fits code made by protoc 3.21.
  private static let version = "4.21.12"
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func run(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    try Subprocess.output(of: arguments, input: input)
  }

  /// A Python with Google's library, made once below `.build`.
  private func python() throws -> String {
    let environment = Self.root.appending(path: ".build/google-protobuf-\(Self.version)").path
    let python = environment + "/bin/python"
    let check = [python, "-c", "import google.protobuf"]
    if !FileManager.default.isExecutableFile(atPath: python) || (try? run(check)) == nil {
      _ = try run(["python3", "-m", "venv", "--clear", environment])
      _ = try run([
        python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "protobuf==\(Self.version)",
      ])
    }
    return python
  }

  @Test("random messages have the same bytes and the same fields on both sides")
  func bothWays() throws {
    let seed = UInt64.random(in: 0...UInt64(UInt32.max))
    print("seed of the random messages: \(seed)")
    let modules = FileManager.default.temporaryDirectory.appending(path: "proto-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: modules, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: modules) }
    let sources = Self.root.appending(path: "Shared/Proto").path
    _ = try run(
      ["protoc", "-I", sources, "--python_out", modules.path]
        + ["query", "recurrence", "occurrence", "present_state"].map { "\(sources)/\($0).proto" })

    var random = RandomMessages(generator: SplitMix(seed: seed))
    let ours = (0..<60).flatMap { _ in random.all() }
    let samples = JSONValue.array(
      ours.map {
        ["type": .string($0.type), "hex": .string(hexadecimal($0.message.protobuf)), "fields": protoFields($0.message)]
      })
    let script = modules.appending(path: "compare.py")
    try Data(googleScript.utf8).write(to: script)
    let output = try run([try python(), script.path, modules.path, "\(seed)", "60"], input: samples.bytes)
    let answer = try JSONValue(parsing: output)

    #expect(answer["faults"] == [], "seed \(seed)")
    let types = Dictionary(ours.map { ($0.type, type(of: $0.message)) }, uniquingKeysWith: { first, _ in first })
    let theirs = try #require(answer["samples"]?.elements)
    #expect(theirs.count == types.count * 60, "a message of a .proto file has no Swift type here")
    for sample in theirs {
      let name = try #require(sample["type"]?.string)
      let bytes = octets(hexadecimal: try #require(sample["hex"]?.string))
      let message = try #require(types[name]).init(protobuf: bytes.span)
      #expect(hexadecimal(message.protobuf) == sample["hex"]?.string, "\(name), seed \(seed)")
      #expect(sorted(protoFields(message)) == sorted(try #require(sample["fields"])), "\(name), seed \(seed)")
    }
  }

  private func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members):
      .object(members.map { JSONValue.Member($0.name, sorted($0.value)) }.sorted { $0.name < $1.name })
    case .array(let elements): .array(elements.map(sorted))
    default: value
    }
  }
}
