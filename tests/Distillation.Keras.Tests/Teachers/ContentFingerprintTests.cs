using Distillation.Keras.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Teachers;

internal sealed class ContentFingerprintTests
{
    [Test]
    public void NoTwoListsOfPartsAreOne()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = zeros(4);
        string[] all =
        [
            new ContentFingerprint().ToString(),
            new ContentFingerprint().Add(string.Empty).ToString(),
            new ContentFingerprint().Add("ab").Add("c").ToString(),
            new ContentFingerprint().Add("a").Add("bc").ToString(),
            new ContentFingerprint().Add("w", flat).ToString(),
            new ContentFingerprint().Add("v", flat).ToString(),
            new ContentFingerprint().Add("w", flat.reshape(2, 2)).ToString(),
            new ContentFingerprint().Add("w", flat.to(ScalarType.Int32)).ToString(),
            new ContentFingerprint().Add("w", ones(4)).ToString(),
        ];
        Assert.That(all, Is.Unique.And.All.Matches<string>(f => f.Length == 64));
    }

    [Test]
    public void EqualPartsAreOne()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = arange(6, ScalarType.Float32).reshape(2, 3);
        string Of(Tensor tensor) => new ContentFingerprint().Add("w", tensor).ToString();
        Assert.That(Of(values.t().contiguous().t()), Is.EqualTo(Of(values)), "a view in another order of memory");
    }

    [Test]
    public void ItIsTheHashOfTheParts()
    {
        // Length and bytes of each part, hashed by another hand.
        byte[] parts = [2, 0, 0, 0, 0, 0, 0, 0, (byte)'a', (byte)'b'];
        Assert.That(
            new ContentFingerprint().Add("ab").ToString(),
            Is.EqualTo(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(parts)))
        );
    }
}
