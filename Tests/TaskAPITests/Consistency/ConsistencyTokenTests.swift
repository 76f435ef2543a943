import HTTP2Transport
import TaskModel
import Testing
import Tokens

@testable import TaskAPI

@Suite struct ConsistencyTokenTests {
  private static func version(_ number: Int) -> TaskVersion {
    var version = TaskVersion()
    version.id = UUID(high: 0x7000, low: 1 << 63 | UInt64(number)).description
    version.version = number
    return version
  }

  @Test func aTokenSaysWhatItWasGivenFor() throws {
    let token = ConsistencyToken(owner: "ann", tasks: (1...8).map(Self.version))
    #expect(try ConsistencyToken(token.text, owner: "ann") == token)
    let mark = ConsistencyToken(owner: "ann", marker: UUID.random().description)
    #expect(try ConsistencyToken(mark.text, owner: "ann") == mark)
  }

  @Test func anotherOwnersTokenIsRefused() {
    let token = ConsistencyToken(owner: "ann", tasks: [Self.version(1)])
    let problem = #expect(throws: Problem.self) { try ConsistencyToken(token.text, owner: "bob") }
    #expect(problem?.status == 400 && problem?.errors.first?.pointer == "?after")
  }

  @Test func whatIsNoTokenIsRefused() {
    let token = ConsistencyToken(owner: "ann", tasks: [Self.version(1)]).text
    for text in [
      "", "x", "null", token + "A", String(token.dropLast(4)), "!" + token.dropFirst(), String(token.prefix(11)),
    ] {
      #expect(throws: Problem.self) { try ConsistencyToken(text, owner: "ann") }
    }
    let many = ConsistencyToken(owner: "ann", tasks: (1...9).map(Self.version)).text
    #expect(throws: Problem.self) { try ConsistencyToken(many, owner: "ann") }
  }
}
