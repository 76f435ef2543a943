import Testing

@testable import Bench

@Suite struct HTTP1AnswerTests {
  private let text = "HTTP/1.1 201 Created\r\nETag: \"1\"\r\nContent-Length: 4\r\n\r\nbody"

  @Test func anAnswerIsWholeAtItsLastOctetAndNotBefore() {
    let bytes = Array(text.utf8)
    for count in 0..<bytes.count {
      guard case .incomplete = HTTP1Answer.read(Array(bytes[..<count])) else {
        Issue.record("whole after \(count) of \(bytes.count) octets")
        return
      }
    }
    guard case .whole(let answer) = HTTP1Answer.read(bytes) else {
      Issue.record("not whole")
      return
    }
    #expect(answer.status == 201 && answer.body == Array("body".utf8) && answer.headers["etag"] == "\"1\"")
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\n\r\n", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"])
  func whatHasNoLengthIsNotReadAsAnEmptyAnswer(_ text: String) {
    guard case .unreadable = HTTP1Answer.read(Array(text.utf8)) else {
      Issue.record("read: \(text)")
      return
    }
  }
}
