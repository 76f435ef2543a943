import Protobuf
import Testing

private func read(_ bytes: [UInt8]) throws(ProtobufError) -> Sample { try Sample(protobuf: bytes.span) }

@Suite("The wire format")
struct WireFormatTests {
  // The bytes of the encoding guide, https://protobuf.dev/programming-guides/encoding.
  @Test("reads and writes the examples of the guide")
  func guide() throws {
    var sample = Sample()
    sample.count = 150
    #expect(sample.protobuf == [0x08, 0x96, 0x01])
    sample = Sample()
    sample.name = "testing"
    #expect(sample.protobuf == [0x22, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67])
    sample = Sample()
    sample.count = -2
    #expect(sample.protobuf == [0x08, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01])
    #expect(try read(sample.protobuf).count == -2)
    sample = Sample()
    sample.numbers = [3, 270, 86942]
    #expect(sample.protobuf == [0x3A, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05])
    sample = Sample()
    sample.ratio = 1
    #expect(sample.protobuf == [0x19, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
  }

  @Test("defaults are not written, present ones are")
  func presence() throws {
    #expect(Sample().protobuf == [])
    var sample = Sample()
    sample.limit = 0
    sample.choice = .text("")
    #expect(sample.protobuf == [0x40, 0, 0x52, 0])
    #expect(try read(sample.protobuf) == sample)
    sample.ratio = -0.0
    #expect(try read(sample.protobuf).ratio.sign == .minus)
  }

  @Test("all fields survive, also in messages longer than 127 and 16,383 octets")
  func roundTrip() throws {
    for length in [0, 1, 120, 127, 128, 16_380, 16_384, 70_000] {
      var sample = Sample()
      sample.count = .min
      sample.flag = true
      sample.ratio = .pi
      sample.name = String(repeating: "é", count: length)
      sample.data = Array(repeating: 0, count: length)
      sample.tags = ["a", "", "b"]
      sample.numbers = [0, -1, .max]
      sample.choice = .number(0)
      var outer = Sample()
      outer.inner = Sample.Box(sample)
      outer.isLast = true
      #expect(try read(outer.protobuf) == outer)
    }
  }

  @Test("fields come in any order, the last scalar wins, messages merge, unpacked numbers are taken")
  func order() throws {
    let sample = try read([
      0x40, 5, 0x08, 1, 0x08, 2, 0x38, 7, 0x38, 8, 0x5A, 2, 0x08, 9, 0x5A, 2, 0x10, 1, 0x48, 1, 0x52, 1, 0x78,
    ])
    #expect(sample.count == 2)
    #expect(sample.limit == 5)
    #expect(sample.numbers == [7, 8])
    #expect(sample.inner?.sample.count == 9)
    #expect(sample.inner?.sample.flag == true)
    #expect(sample.choice == .text("x"))
  }

  @Test("fields that are not known are passed over, groups too")
  func unknown() throws {
    let unknown: [UInt8] = [
      0xA0, 0x06, 0xFF, 0x01,  // 100: varint
      0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8,  // 100: fixed64
      0xA2, 0x06, 2, 0xFF, 0xFF,  // 100: bytes
      0xA5, 0x06, 1, 2, 3, 4,  // 100: fixed32
      0xA3, 0x06, 0x08, 1, 0xAB, 0x06, 0xAC, 0x06, 0xA4, 0x06,  // 100: a group with a group in it
    ]
    #expect(try read(unknown + [0x08, 1]).count == 1)
  }

  @Test("what is not the format is an error that says why")
  func refusals() {
    let cases: [([UInt8], ProtobufError)] = [
      ([0x08], .truncated), ([0x08, 0x80], .truncated), ([0x22, 5, 0x61], .truncated), ([0x19, 1, 2], .truncated),
      ([0x22, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .truncated),
      ([0x08] + Array(repeating: 0xFF, count: 9) + [0x02], .badVarint),
      ([0x08] + Array(repeating: 0x80, count: 11), .badVarint),
      ([0x00, 1], .badTag), ([0x80, 0x80, 0x80, 0x80, 0x10, 1], .badTag), ([0xA4, 0x06], .badTag),
      ([0xA3, 0x06, 0xAC, 0x06], .badTag),
      ([0xA3, 0x06], .truncated), ([0x0A, 1, 0x61], .badWireType(field: 1)), ([0x20, 1], .badWireType(field: 4)),
      ([0xA6, 0x06], .badWireType(field: 100)), ([0x22, 1, 0xFF], .notUTF8(field: 4)),
      (Array(repeating: [0xA3, 0x06], count: 200).flatMap { $0 }, .tooDeep),
    ]
    for (bytes, error) in cases {
      #expect(throws: error, "\(bytes)") { try read(bytes) }
    }
  }

  @Test("messages inside each other end at a depth of 100")
  func depth() throws {
    func nested(_ levels: Int) -> [UInt8] {
      var sample = Sample()
      for _ in 1..<levels {
        var outer = Sample()
        outer.inner = Sample.Box(sample)
        sample = outer
      }
      return sample.protobuf
    }
    _ = try read(nested(100))
    #expect(throws: ProtobufError.tooDeep) { try read(nested(101)) }
  }

  @Test("no mutation of a message traps")
  func mutations() {
    var sample = Sample()
    sample.name = "name"
    sample.tags = ["x", "yz"]
    sample.numbers = [1, 300]
    var outer = sample
    outer.inner = Sample.Box(sample)
    let bytes = outer.protobuf
    for _ in 0..<50_000 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...3) { mutated[Int.random(in: 0..<mutated.count)] = .random(in: 0...255) }
      if let read = try? read(mutated) { #expect((try? Sample(protobuf: read.protobuf.span)) != nil, "\(mutated)") }
    }
  }
}
