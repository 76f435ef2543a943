import HTTP2Transport

/// Reads an answer of HTTP/1.1 whose length is given: both services give it for all that is measured.
enum HTTP1Answer {
  case incomplete
  case whole(Answer)
  case unreadable

  static func read(_ bytes: [UInt8]) -> HTTP1Answer {
    guard let head = head(bytes) else { return .incomplete }
    var lines = String(decoding: bytes[..<head], as: UTF8.self).split(separator: "\r\n").makeIterator()
    guard let first = lines.next()?.split(separator: " "), first.count >= 2, let status = Int(first[1]) else {
      return .unreadable
    }
    var answer = Answer(status: status)
    while let line = lines.next() {
      guard let colon = line.firstIndex(of: ":") else { return .unreadable }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      answer.headers.add(line[..<colon].lowercased(), String(value))
    }
    let start = head + 4
    guard let length = status == 204 ? 0 : Int(answer.headers["content-length"] ?? "") else { return .unreadable }
    guard bytes.count >= start + length else { return .incomplete }
    answer.body = Array(bytes[start..<(start + length)])
    return .whole(answer)
  }

  /// The octets before the empty line.
  private static func head(_ bytes: [UInt8]) -> Int? {
    let end: [UInt8] = [13, 10, 13, 10]
    guard bytes.count >= 4 else { return nil }
    return (0...(bytes.count - 4)).first { bytes[$0] == 13 && bytes[$0..<($0 + 4)].elementsEqual(end) }
  }
}
