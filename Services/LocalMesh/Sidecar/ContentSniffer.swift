/// Guesses the type of a body that came without one, as far as Go's `DetectContentType` does so for what APIs answer
/// (<https://mimesniff.spec.whatwg.org/>).
enum ContentSniffer {
  private static let html = [
    "<!doctype html", "<html", "<head", "<script", "<iframe", "<h1", "<div", "<font", "<table", "<a", "<style",
    "<title",
    "<b", "<body", "<br", "<p", "<!--",
  ]

  static func type(of bytes: [UInt8]) -> String {
    let head = bytes.prefix(512)
    let text = head.drop { [0x09, 0x0a, 0x0c, 0x0d, 0x20].contains($0) }
    let lowered = String(decoding: text.prefix(16), as: UTF8.self).lowercased()
    if let tag = html.first(where: { lowered.hasPrefix($0) }) {
      let end = lowered.dropFirst(tag.count).first
      if tag == "<!--" || end == " " || end == ">" { return "text/html; charset=utf-8" }
    }
    let isBinary = head.contains {
      $0 <= 0x08 || $0 == 0x0b || (0x0e...0x1a).contains($0) || (0x1c...0x1f).contains($0)
    }
    return isBinary ? "application/octet-stream" : "text/plain; charset=utf-8"
  }
}
