import Testing
import Tokens

/// Repeats a list of words, so that what is made can be foretold.
private struct Words: RandomNumberGenerator {
  var words: [UInt64]
  var index = 0

  init(_ words: UInt64...) { self.words = words }

  mutating func next() -> UInt64 {
    defer { index += 1 }
    return words[index % words.count]
  }
}

@Suite("UUIDs")
struct UUIDTests {
  private static let dns = UUID(high: 0x6ba7_b810_9dad_11d1, low: 0x80b4_00c0_4fd4_30c8)

  @Test("the text form is read and written")
  func text() {
    #expect(Self.dns.description == "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
    #expect(UUID("6BA7B810-9dad-11d1-80b4-00c04fd430C8") == Self.dns)
    #expect(Self.dns.bytes.prefix(4) == [0x6B, 0xA7, 0xB8, 0x10])
    for wrong in [
      "", "6ba7b810-9dad-11d1-80b4-00c04fd430c", "6ba7b810-9dad-11d1-80b4-00c04fd430c8a",
      "6ba7b8109dad11d180b400c04fd430c8",
      "6ba7b810-9dad-11d1-80b4-00c04fd430cg", "6ba7b810+9dad-11d1-80b4-00c04fd430c8",
      "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}",
      "6ba7b810-9dad-11d1-80b4-00c04fd430é",
    ] {
      #expect(UUID(wrong) == nil, "\(wrong)")
    }
  }

  @Test("from a name: RFC 9562 A.4")
  func named() {
    #expect(UUID.named("www.example.com", in: Self.dns).description == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
    #expect(UUID.named("www.example.com", in: Self.dns).version == 5)
  }

  @Test("random: RFC 9562 A.3 by its bits")
  func random() {
    var words = Words(0x9191_08f7_52d1_3320, 0x1bac_f847_db41_48a8)
    #expect(UUID.random(using: &words).description == "919108f7-52d1-4320-9bac-f847db4148a8")
    #expect(UUID.random() != UUID.random())
  }

  @Test("by time: RFC 9562 A.6 by its bits")
  func timed() {
    // 74 random bits: 0xCC3, then 0x18C4DC0C0C07398F without its two highest bits.
    let tail: UInt128 = 0xCC3 << 62 | 0x18C4_DC0C_0C07_398F
    let words = Words(UInt64(tail >> 64), UInt64(truncatingIfNeeded: tail))
    let generator = UUIDv7Generator(generator: words)
    let id = generator.next(milliseconds: 0x017F_22E2_79B0)
    // The generator leaves the highest random bit free: 0xCC3 becomes 0x4C3.
    #expect(id.description == "017f22e2-79b0-74c3-98c4-dc0c0c07398f")
  }

  @Test("ids of one millisecond, and of a clock that goes back, still rise")
  func monotonic() {
    let generator = UUIDv7Generator()
    var last = generator.next(milliseconds: 1_800_000_000_000)
    for i in 0..<100_000 {
      let next = generator.next(milliseconds: 1_800_000_000_000 + (i == 500 ? 3 : 0))
      #expect(next > last)
      last = next
    }
    #expect(last.high >> 16 == 1_800_000_000_003)
    #expect(last.version == 7)
    #expect(last.low >> 62 == 2)
  }

  @Test("when a millisecond has no room left, the next one is taken")
  func overflow() {
    let generator = UUIDv7Generator(generator: Words(.max))
    var last = generator.next(milliseconds: 1000)
    var random = 0
    while last.high >> 16 == 1000, random < 10 {
      let next = generator.next(milliseconds: 1000)
      #expect(next > last)
      last = next
      random += 1
    }
    #expect(last.version == 7)
  }
}
