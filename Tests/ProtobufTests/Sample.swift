import Protobuf

/// A message with a field of every form: the fields have the numbers of the initialiser's order.
struct Sample: StreamedMessage, Equatable {
  enum Choice: Equatable {
    case number(Int)
    case text(String)
  }

  final class Box: Sendable, Equatable {
    let sample: Sample
    init(_ sample: Sample) { self.sample = sample }
    static func == (a: Box, b: Box) -> Bool { a.sample == b.sample }
  }

  var count = 0
  var flag = false
  var ratio = 0.0
  var name = ""
  var data: [UInt8] = []
  var tags: [String] = []
  var numbers: [Int] = []
  var limit: Int?
  var choice: Choice?
  var inner: Box?
  var isLast = false

  init() {}

  mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: count = try reader.int()
    case 2: flag = try reader.bool()
    case 3: ratio = try reader.double()
    case 4: name = try reader.string()
    case 5: data = try reader.bytesValue()
    case 6: tags.append(try reader.string())
    case 7: try reader.ints(into: &numbers)
    case 8: limit = try reader.int()
    case 9: choice = .number(try reader.int())
    case 10: choice = .text(try reader.string())
    case 11:
      var sample = inner?.sample
      try reader.message(into: &sample)
      inner = sample.map(Box.init)
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  func write(to writer: inout ProtobufWriter) {
    writer.int(1, count)
    writer.bool(2, flag)
    writer.double(3, ratio)
    writer.string(4, name)
    writer.bytes(5, data)
    writer.strings(6, tags)
    writer.ints(7, numbers)
    writer.int(8, present: limit)
    switch choice {
    case .number(let value): writer.int(9, present: value)
    case .text(let value): writer.string(10, present: value)
    case nil: break
    }
    writer.message(11, inner?.sample)
    writer.bool(15, isLast)
  }
}
