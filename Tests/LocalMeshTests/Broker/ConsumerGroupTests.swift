import Testing

@testable import LocalMesh

@Suite struct ConsumerGroupTests {
  private func request(_ member: String = "", protocols: [String] = ["range"], type: String = "consumer") -> JoinRequest
  {
    JoinRequest(
      group: "g", sessionTimeout: 1_000, rebalanceTimeout: 5_000, member: member, type: type,
      protocols: protocols.map { ConsumerGroup.GroupProtocol(name: $0, metadata: Array($0.utf8)) })
  }

  private func joins(_ replies: [ConsumerGroup.Reply]) -> [String: JoinAnswer] {
    var found: [String: JoinAnswer] = [:]
    for case .joined(let member, let answer) in replies { found[member] = answer }
    return found
  }

  private func syncs(_ replies: [ConsumerGroup.Reply]) -> [String: SyncAnswer] {
    var found: [String: SyncAnswer] = [:]
    for case .synced(let member, let answer) in replies { found[member] = answer }
    return found
  }

  /// A group of a and b in its first generation, a leading.
  private func pair() -> ConsumerGroup {
    var group = ConsumerGroup()
    _ = group.join(request(), member: "a", delay: 100, now: 0)
    _ = group.join(request(), member: "b", delay: 100, now: 50)
    _ = group.advance(now: 100)
    _ = group.sync(member: "b", generation: 1, assignments: [:], now: 100)
    _ = group.sync(member: "a", generation: 1, assignments: ["a": [1], "b": [2]], now: 100)
    return group
  }

  @Test func membersThatStartTogetherShareAGeneration() {
    var group = ConsumerGroup()
    #expect(group.join(request(), member: "a", delay: 100, now: 0).isEmpty)
    #expect(group.join(request(), member: "b", delay: 100, now: 50).isEmpty)
    #expect(group.advance(now: 99).isEmpty)
    let answers = joins(group.advance(now: 100))
    #expect(answers["a"]?.leader == "a" && answers["b"]?.leader == "a")
    #expect(answers["a"]?.generation == 1 && answers["b"]?.generation == 1)
    #expect(answers["a"]?.offers.map(\.member) == ["a", "b"])
    #expect(answers["b"]?.offers.isEmpty == true)
  }

  @Test func theLeadersDivisionReachesAll() {
    var group = ConsumerGroup()
    _ = group.join(request(), member: "a", delay: 0, now: 0)
    _ = group.join(request(), member: "b", delay: 0, now: 0)
    _ = group.advance(now: 0)
    #expect(group.sync(member: "b", generation: 1, assignments: [:], now: 1).isEmpty)
    let answers = syncs(group.sync(member: "a", generation: 1, assignments: ["a": [1], "b": [2]], now: 1))
    #expect(answers == ["a": SyncAnswer(assignment: [1]), "b": SyncAnswer(assignment: [2])])
    #expect(syncs(group.sync(member: "b", generation: 1, assignments: [:], now: 2))["b"]?.assignment == [2])
  }

  @Test func aNewMemberMakesTheOthersJoinAgain() {
    var group = pair()
    #expect(group.heartbeat(member: "a", generation: 1, now: 200) == .none)
    #expect(group.join(request(), member: "c", delay: 100, now: 200).isEmpty)
    #expect(group.heartbeat(member: "a", generation: 1, now: 210) == .rebalanceInProgress)
    #expect(group.join(request("a"), member: "a", delay: 100, now: 220).isEmpty)
    let answers = joins(group.join(request("b"), member: "b", delay: 100, now: 230))
    #expect(answers.count == 3)
    #expect(answers["c"]?.generation == 2 && answers["c"]?.leader == "a")
  }

  @Test func whoDoesNotJoinAgainIsLeftOut() {
    var group = pair()
    _ = group.join(request(), member: "c", delay: 100, now: 200)
    _ = group.join(request("b"), member: "b", delay: 100, now: 300)
    _ = group.heartbeat(member: "a", generation: 1, now: 5_000)
    let answers = joins(group.advance(now: 5_200))
    #expect(Set(answers.keys) == ["b", "c"])
    #expect(answers["b"]?.leader == "b")
    #expect(group.heartbeat(member: "a", generation: 1, now: 5_300) == .unknownMemberID)
  }

  @Test func aSilentMemberIsGoneAfterItsSession() {
    var group = pair()
    #expect(group.heartbeat(member: "a", generation: 1, now: 1_000) == .none)
    #expect(group.advance(now: 1_200).isEmpty)
    #expect(group.heartbeat(member: "b", generation: 1, now: 1_200) == .unknownMemberID)
    #expect(group.heartbeat(member: "a", generation: 1, now: 1_200) == .rebalanceInProgress)
    #expect(joins(group.join(request("a"), member: "a", delay: 100, now: 1_210))["a"]?.generation == 2)
  }

  @Test func leavingEndsTheGroupWithItsLastMember() {
    var group = pair()
    #expect(group.leave(member: "a", now: 200).code == .none)
    #expect(group.leave(member: "b", now: 200).code == .none)
    #expect(group.isEmpty)
    #expect(group.leave(member: "b", now: 200).code == .unknownMemberID)
  }

  @Test func strangersAndOldGenerationsAreRefused() {
    var group = pair()
    #expect(joins(group.join(request("x"), member: "x", delay: 0, now: 200))["x"]?.code == .unknownMemberID)
    #expect(group.heartbeat(member: "a", generation: 0, now: 200) == .illegalGeneration)
    #expect(syncs(group.sync(member: "x", generation: 1, assignments: [:], now: 200))["x"]?.code == .unknownMemberID)
    let other = group.join(request(protocols: ["other"]), member: "c", delay: 0, now: 200)
    #expect(joins(other)["c"]?.code == .inconsistentGroupProtocol)
    #expect(group.checkCommit(member: "a", generation: 1) == .none)
    #expect(group.checkCommit(member: "", generation: -1) == .unknownMemberID)
    #expect(ConsumerGroup().checkCommit(member: "", generation: -1) == .none)
  }

  @Test func aProtocolThatAllKnowIsChosen() {
    var group = ConsumerGroup()
    _ = group.join(request(protocols: ["sticky", "range"]), member: "a", delay: 0, now: 0)
    _ = group.join(request(protocols: ["range"]), member: "b", delay: 0, now: 0)
    #expect(joins(group.advance(now: 0))["a"]?.chosen == "range")
  }
}
