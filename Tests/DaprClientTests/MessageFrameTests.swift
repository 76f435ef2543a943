import Testing

@testable import DaprClient

@Suite struct MessageFrameTests {
  @Test func messagesComeWholeHoweverTheOctetsArrive() throws {
    var bytes: [UInt8] = []
    MessageFrame.append([1, 2, 3], isLast: false, to: &bytes)
    MessageFrame.append([], isLast: false, to: &bytes)
    MessageFrame.append(Array(repeating: 9, count: 70_000), isLast: true, to: &bytes)
    for step in [1, 4, 7, 1000, bytes.count] {
      var reader = MessageFrameReader()
      var messages: [[UInt8]] = []
      for start in stride(from: 0, to: bytes.count, by: step) {
        #expect(!reader.isComplete)
        reader.append(Array(bytes[start..<min(start + step, bytes.count)]))
        while let message = try reader.next() { messages.append(message) }
      }
      #expect(messages == [[1, 2, 3], [], Array(repeating: 9, count: 70_000)])
      #expect(reader.isComplete)
    }
  }

  @Test func everyCutIsNoticed() throws {
    let bytes = MessageFrame.single(Array("an answer".utf8))
    for count in 0..<bytes.count {
      var reader = MessageFrameReader()
      reader.append(Array(bytes.prefix(count)))
      #expect(try reader.next() == nil)
      #expect(!reader.isComplete)
    }
  }

  @Test func whatIsNoFrameIsRefused() throws {
    var html = MessageFrameReader()
    html.append(Array("<h1>".utf8) + [0])
    #expect(throws: MessageFrameReader.Malformed.self) { try html.next() }
    var huge = MessageFrameReader()
    huge.append([0, 0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: MessageFrameReader.Malformed.self) { try huge.next() }
    var trailing = MessageFrameReader()
    trailing.append(MessageFrame.single([7]) + [0])
    #expect(try trailing.next() == [7])
    #expect(throws: MessageFrameReader.Malformed.self) { try trailing.next() }
  }
}
