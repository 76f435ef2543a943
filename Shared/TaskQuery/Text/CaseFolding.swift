/// The text with each scalar replaced by its full case folding (Unicode, CaseFolding.txt, status C and F).
///
/// Two texts that differ in case alone fold to the same; folded texts are ordered by their code points, which is also the
/// order of their UTF-8. Nothing is normalised: an `é` of one scalar and one of two stay different.
public func caseFolded(_ text: String) -> String {
  if text.utf8.allSatisfy({ $0 < 0x80 }) {
    return String(decoding: text.utf8.map(asciiLowercased), as: UTF8.self)
  }
  var folded = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { appendCaseFolding(of: scalar, to: &folded) }
  return String(folded)
}

@inline(__always)
func asciiLowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

/// The standard library has no mapping for case folding. Lowercase of uppercase is the same for all but: ı, which has no
/// case to fold; ẞ, whose capital is itself; and Cherokee, which folds to capitals.
func appendCaseFolding(of scalar: Unicode.Scalar, to folded: inout String.UnicodeScalarView) {
  let properties = scalar.properties
  guard properties.changesWhenCaseMapped, scalar != "ı" else { return folded.append(scalar) }
  if scalar == "ẞ" { return folded.append(contentsOf: "ss".unicodeScalars) }
  let capitals = properties.uppercaseMapping.unicodeScalars
  let isCherokee = 0x13A0...0x13FD ~= scalar.value || 0xAB70...0xABBF ~= scalar.value
  if isCherokee { return folded.append(contentsOf: capitals) }
  for capital in capitals { folded.append(contentsOf: capital.properties.lowercaseMapping.unicodeScalars) }
}
