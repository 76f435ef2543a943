/// A task's version as an HTTP entity tag (RFC 9110 §8.8.3): `"7"`.
enum EntityTag {
  static func text(_ version: Int) -> String { "\"\(version)\"" }

  /// Whether an `If-Match` or `If-None-Match` names this version: a list of tags, or `*`.
  static func matches(_ header: String, version: Int) -> Bool {
    header.split(separator: ",").contains { tag in
      let tag = tag.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      let text = String(tag)
      return text == "*" || text == self.text(version) || text == "W/" + self.text(version)
    }
  }
}
