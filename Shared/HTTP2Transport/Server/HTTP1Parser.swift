/// An HTTP/1.1 request read octet by octet as it comes (RFC 9112). No I/O.
struct HTTP1Parser {
  enum Event {
    /// The head is whole.
    case head(HTTPRequest, Head)
    case body([UInt8])
    case end
    /// The connection cannot go on after this refusal.
    case invalid(Problem)
  }

  struct Head {
    var contentLength: Int?
    var keepsAlive = true
    var expectsContinue = false
    /// HTTP/1.0 knows no chunks: a body of unknown length ends with the connection.
    var takesChunks = true
  }

  private enum State {
    case head
    case fixed(left: Int)
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailers
    case failed
  }

  private let limits: ServerLimits
  private var state = State.head
  private var buffer: [UInt8] = []
  private var position = 0

  init(limits: ServerLimits) { self.limits = limits }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    buffer.removeSubrange(..<position)
    position = 0
    buffer.append(contentsOf: bytes)
  }

  /// True between requests, when nothing of the next one has come.
  var isIdle: Bool {
    if case .head = state { return position == buffer.count }
    return false
  }

  /// The next event, or nil when more octets are needed.
  mutating func next() -> Event? {
    switch state {
    case .head: return head()
    case .fixed(let left):
      if left == 0 { return end() }
      guard let piece = take(atMost: left) else { return nil }
      state = .fixed(left: left - piece.count)
      return .body(piece)
    case .chunkSize: return chunkSize()
    case .chunk(let left):
      if left == 0 {
        state = .chunkEnd
        return next()
      }
      guard let piece = take(atMost: left) else { return nil }
      state = .chunk(left: left - piece.count)
      return .body(piece)
    case .chunkEnd:
      guard let line = line(limit: 2) else { return nil }
      guard case .text(let text) = line, text.isEmpty else { return fail(400, "A chunk does not end with CRLF.") }
      state = .chunkSize
      return next()
    case .trailers:
      guard let line = line(limit: ServerLimits.hardHeaderList) else { return nil }
      guard case .text(let text) = line else { return fail(431, "A trailer line is too long.") }
      return text.isEmpty ? end() : next()
    case .failed: return nil
    }
  }

  private mutating func end() -> Event {
    state = .head
    return .end
  }

  private mutating func fail(_ status: Int, _ detail: String) -> Event {
    state = .failed
    return .invalid(Problem(status, detail))
  }

  private mutating func take(atMost limit: Int) -> [UInt8]? {
    let count = min(limit, buffer.count - position)
    guard count > 0 else { return nil }
    defer { position += count }
    return Array(buffer[position..<position + count])
  }

  private enum Line {
    case text(String)
    case tooLong
  }

  /// A line without its CRLF (a lone LF is taken, as RFC 9112 §2.2 allows); nil when it is not whole yet.
  private mutating func line(limit: Int) -> Line? {
    guard let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) else {
      return buffer.count - position > limit ? .tooLong : nil
    }
    var line = buffer[position..<end]
    position = end + 1
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    return line.count > limit ? .tooLong : .text(String(decoding: line, as: UTF8.self))
  }

  private mutating func chunkSize() -> Event? {
    guard let line = line(limit: 1024) else { return nil }
    guard case .text(let text) = line else { return fail(400, "A chunk size line is too long.") }
    let digits = text.prefix { $0 != ";" }.trimmingBlanks
    guard (1...8).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isHexDigit), let size = Int(digits, radix: 16)
    else { return fail(400, "A chunk size is not a hexadecimal number.") }
    state = size == 0 ? .trailers : .chunk(left: size)
    return next()
  }

  private mutating func head() -> Event? {
    // Empty lines before a request line are skipped (RFC 9112 §2.2).
    while position < buffer.count, buffer[position] == UInt8(ascii: "\r") || buffer[position] == UInt8(ascii: "\n") {
      position += 1
    }
    guard let end = headEnd() else {
      guard buffer.count - position > ServerLimits.hardHeaderList else { return nil }
      let hasLine = buffer[position...].prefix(limits.target + 16).contains(UInt8(ascii: "\n"))
      return hasLine
        ? fail(431, "The header list may have \(limits.headerList) octets at most.")
        : fail(414, "The target may have \(limits.target) octets at most.")
    }
    let text = buffer[position..<end]
    position = end
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)[...]
    guard let first = lines.popFirst() else { return fail(400, "There is no request line.") }
    let parts = String(decoding: first.droppingCR, as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.allSatisfy(\.isTokenOctet), !parts[1].isEmpty else {
      return fail(400, "The request line is not `METHOD target HTTP/1.1`.")
    }
    guard parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0" else {
      return fail(505, "The version is not HTTP/1.1 or HTTP/1.0.")
    }
    guard parts[1].utf8.count <= limits.target else {
      return fail(414, "The target may have \(limits.target) octets at most.")
    }
    guard parts[1].hasPrefix("/") || parts[1] == "*" else { return fail(400, "The target does not begin with `/`.") }
    var request = HTTPRequest(HTTPMethod(String(parts[0])), String(parts[1]))
    request.version = .http1
    return fields(lines, of: request, isHTTP10: parts[2] == "HTTP/1.0")
  }

  private mutating func fields(_ lines: ArraySlice<ArraySlice<UInt8>>, of head: HTTPRequest, isHTTP10: Bool) -> Event {
    var request = head
    var octets = 0
    for line in lines {
      let line = line.droppingCR
      if line.isEmpty { continue }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
        line[..<colon].allSatisfy(\.isTokenOctet), !line.contains(0)
      else { return fail(400, "A header field is not `name: value`.") }
      let name = String(decoding: line[..<colon].map(\.lowered), as: UTF8.self)
      let value = String(decoding: line[(colon + 1)...], as: UTF8.self).trimmingBlanks
      octets += name.utf8.count + value.utf8.count + 32
      if name == "host" { request.authority = String(value) } else { request.headers.add(name, String(value)) }
    }
    guard octets <= limits.headerList else {
      return fail(431, "The header list may have \(limits.headerList) octets at most.")
    }
    if request.authority.isEmpty, !isHTTP10 { return fail(400, "There is no Host.") }
    return framing(of: request, isHTTP10: isHTTP10)
  }

  /// How long the body is (RFC 9112 §6.3). What could be read in two ways is refused: requests are smuggled so.
  private mutating func framing(of request: HTTPRequest, isHTTP10: Bool) -> Event {
    var head = Head()
    let connection = request.headers.all("connection").joined(separator: ",").lowercased()
    head.takesChunks = !isHTTP10
    head.keepsAlive = isHTTP10 ? connection.contains("keep-alive") : !connection.contains("close")
    head.expectsContinue = request.headers["expect"]?.lowercased() == "100-continue"
    let lengths = Set(request.headers.all("content-length"))
    let codings = request.headers.all("transfer-encoding")
    if !codings.isEmpty {
      guard lengths.isEmpty, !isHTTP10 else {
        return fail(400, "Transfer-Encoding stands beside Content-Length or in HTTP/1.0.")
      }
      guard codings.count == 1, codings[0].lowercased() == "chunked" else {
        return fail(501, "The only transfer coding here is chunked.")
      }
      state = .chunkSize
    } else if let length = lengths.first {
      guard lengths.count == 1, !length.isEmpty, length.utf8.allSatisfy(\.isDigit), let count = Int(length) else {
        return fail(400, "Content-Length is not one number.")
      }
      head.contentLength = count
      state = .fixed(left: count)
    } else {
      state = .fixed(left: 0)
    }
    return .head(request, head)
  }

  /// The index after the empty line that ends the head.
  private func headEnd() -> Int? {
    var index = position
    while let newline = buffer[index...].firstIndex(of: UInt8(ascii: "\n")) {
      index = newline + 1
      if index < buffer.count, buffer[index] == UInt8(ascii: "\n") { return index + 1 }
      if index + 1 < buffer.count, buffer[index] == UInt8(ascii: "\r"), buffer[index + 1] == UInt8(ascii: "\n") {
        return index + 2
      }
    }
    return nil
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  fileprivate var lowered: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
  fileprivate var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }

  /// RFC 9110 §5.6.2.
  fileprivate var isTokenOctet: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(self)
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate var droppingCR: ArraySlice<UInt8> { last == UInt8(ascii: "\r") ? dropLast() : self }
}

extension StringProtocol {
  fileprivate var trimmingBlanks: SubSequence {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard let first = firstIndex(where: { !isBlank($0) }) else { return self[endIndex...] }
    var end = endIndex
    while end > first, isBlank(self[index(before: end)]) { end = index(before: end) }
    return self[first..<end]
  }
}
