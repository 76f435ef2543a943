import Protobuf
import Testing

@Suite("A stream of messages")
struct MessageStreamTests {
  private static let messages: [Sample] = [0, 1, 200, 20_000].enumerated().map { index, length in
    var sample = Sample()
    sample.count = index
    sample.name = String(repeating: "x", count: length)
    sample.isLast = index == 3
    return sample
  }

  private static var bytes: [UInt8] {
    var stream: [UInt8] = []
    for message in messages { message.append(to: &stream) }
    return stream
  }

  @Test("comes out whole however it is cut", arguments: [1, 2, 3, 7, 199, 5000, 100_000])
  func cuts(_ size: Int) throws {
    var stream = MessageStream<Sample>()
    var read: [Sample] = []
    let bytes = Self.bytes
    for start in stride(from: 0, to: bytes.count, by: size) {
      stream.append(Array(bytes[start..<min(start + size, bytes.count)]))
      while let message = try stream.next() { read.append(message) }
    }
    try stream.end()
    #expect(read == Self.messages)
    #expect(try MessageStream<Sample>.messages(in: bytes) == Self.messages)
  }

  @Test("an answer that was cut anywhere is not taken as whole")
  func truncation() {
    var sample = Sample()
    sample.name = "one"
    var bytes = sample.delimited
    sample.isLast = true
    sample.append(to: &bytes)
    for length in 0..<bytes.count {
      #expect(throws: ProtobufError.truncated) { try MessageStream<Sample>.messages(in: Array(bytes.prefix(length))) }
    }
  }

  @Test("nothing comes after the last message")
  func afterLast() throws {
    var last = Sample()
    last.isLast = true
    #expect(throws: ProtobufError.afterLast) { try MessageStream<Sample>.messages(in: last.delimited + last.delimited) }
    var stream = MessageStream<Sample>()
    stream.append(last.delimited + [0x80])
    _ = try stream.next()
    #expect(throws: ProtobufError.afterLast) { try stream.end() }
  }

  @Test("a length beyond the bound is refused before its bytes come")
  func bound() {
    var stream = MessageStream<Sample>(maximumLength: 100)
    stream.append([0x65])
    #expect(throws: ProtobufError.tooLong(101)) { try stream.next() }
    var endless = MessageStream<Sample>()
    endless.append(Array(repeating: 0xFF, count: 10))
    #expect(throws: ProtobufError.badVarint) { try endless.next() }
  }
}
