using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests;

/// <summary>What tests/test.runsettings gives to each test host.</summary>
[Category("Smoke")]
public sealed class TestHostTests
{
    [Test]
    public void A_test_host_computes_on_one_thread() =>
        Assert.That(
            get_num_threads(),
            Is.EqualTo(1),
            "Run the tests by `dotnet test`, or with tests/test.runsettings: more threads make tiny steps many times as slow beside "
                + "other programs."
        );
}
