using static TorchSharp.torch;

namespace Distillation.Keras.Tests;

/// <summary>Compares tensors with fixtures.</summary>
internal static class Near
{
    /// <summary>|actual - expected| of every element is at most relative * max|expected| + absolute; shapes agree.</summary>
    public static void Assert(string what, Tensor actual, Tensor expected, double relative, double absolute = 0)
    {
        NUnit.Framework.Assert.That(actual.shape, Is.EqualTo(expected.shape), what + ": shape");
        using Tensor a = actual.detach().to(ScalarType.Float64);
        using Tensor e = expected.detach().to(ScalarType.Float64);
        using Tensor difference = (a - e).abs().max();
        using Tensor most = e.abs().max();
        double allowed = (relative * most.item<double>()) + absolute;
        NUnit.Framework.Assert.That(difference.item<double>(), Is.LessThanOrEqualTo(allowed), what);
    }
}
