using Distillation.Keras.Backend;

namespace Distillation.Keras.Engine.Tests.Backend;

/// <summary>Which requests for memory need no look at what is free.</summary>
public sealed class MemoryGrantTests
{
    [Test]
    public void Nothing_is_granted_before_the_first_look() => Assert.That(new MemoryGrant(() => 0).Takes(1), Is.False);

    [Test]
    public void A_tenth_of_what_was_free_is_granted_in_all()
    {
        var grant = new MemoryGrant(() => 0);
        grant.Renew(1000);
        Assert.That(new[] { grant.Takes(60), grant.Takes(60), grant.Takes(40), grant.Takes(1) }, Is.EqualTo([true, false, true, false]));
        grant.Renew(1000);
        Assert.That(grant.Takes(100), Is.True);
    }

    [Test]
    public void A_grant_ends_after_half_a_second()
    {
        long now = 7000;
        var grant = new MemoryGrant(() => now);
        grant.Renew(1000);
        now += 500;
        Assert.That(grant.Takes(1), Is.True);
        now += 1;
        Assert.That(grant.Takes(1), Is.False);
    }
}
