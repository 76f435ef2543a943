/// JSON pointers (RFC 6901): `/tags/0`.
public enum JSONPointer {
  /// A member's name as a pointer's token: `~` and `/` are written `~0` and `~1`.
  public static func token(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return name }
    var token = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": token += "~0"
      case "/": token += "~1"
      default: token.unicodeScalars.append(scalar)
      }
    }
    return token
  }

  /// The pointer of the value at an octet of a JSON text that is well-formed up to there; of the member, where its name begins there.
  ///
  /// Knowing it only when it is asked for keeps the path out of the way of good input.
  public static func locate(_ offset: Int, in text: Span<UInt8>) -> String {
    var path: [Step] = []
    var i = 0
    while i < min(offset, text.count) {
      switch text[i] {
      case UInt8(ascii: "{"): path.append(.beforeName)
      case UInt8(ascii: "["): path.append(.element(0))
      case UInt8(ascii: "}"), UInt8(ascii: "]"): path.removeLast(path.isEmpty ? 0 : 1)
      case UInt8(ascii: ","):
        switch path.last {
        case .element(let index): path[path.count - 1] = .element(index + 1)
        case nil: break
        default: path[path.count - 1] = .beforeName
        }
      case UInt8(ascii: "\""):
        let start = i
        i = endOfString(from: i, in: text)
        guard i < offset else { return describe(path) }
        if case .beforeName = path.last { path[path.count - 1] = .member(name(text.extracting(start...i))) }
      default: break
      }
      i += 1
    }
    if case .beforeName = path.last, i < text.count, text[i] == UInt8(ascii: "\"") {
      let end = endOfString(from: i, in: text)
      if end < text.count { path[path.count - 1] = .member(name(text.extracting(i...end))) }
    }
    return describe(path)
  }

  private enum Step {
    case beforeName
    case member(String)
    case element(Int)
  }

  private static func describe(_ path: [Step]) -> String {
    var pointer = ""
    for step in path {
      switch step {
      case .beforeName: break
      case .member(let name): pointer += "/" + token(name)
      case .element(let index): pointer += "/\(index)"
      }
    }
    return pointer
  }

  /// The octet of the closing quote; the end of the text when there is none.
  private static func endOfString(from start: Int, in text: Span<UInt8>) -> Int {
    var i = start + 1
    while i < text.count, text[i] != UInt8(ascii: "\"") { i += text[i] == UInt8(ascii: "\\") ? 2 : 1 }
    return min(i, text.count)
  }

  private static func name(_ quoted: Span<UInt8>) -> String {
    do {
      var reader = try JSONReader(quoted, uniqueMembers: false)
      return try reader.string()
    } catch {
      return ""
    }
  }
}
