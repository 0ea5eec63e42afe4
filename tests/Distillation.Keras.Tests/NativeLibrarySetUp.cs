using TorchSharp;

namespace Distillation.Keras.Tests;

/// <summary>
/// Calls TorchSharp before anything of this library, as a user's program may: the build has laid a library into the output that loads.
/// </summary>
[SetUpFixture]
public sealed class NativeLibrarySetUp
{
    [OneTimeSetUp]
    public void Load()
    {
        using torch.Tensor first = torch.tensor(new[] { 1f, 2f });
        Assert.That(first.shape, Is.EqualTo(new[] { 2L }));
    }
}
