using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>
/// Tensors are told apart by what they are, not by what is in them: a result that equals an input is still the caller's to keep.
/// </summary>
public sealed class TensorIdentityTests
{
    private static readonly float[] Values = [1f, -2f, 3f];

    private static IEnumerable<TestCaseData> ResultsThatEqualAnInput()
    {
        yield return new TestCaseData(new Add(), Values, new float[3]).SetName("A sum with zeros");
        yield return new TestCaseData(new Subtract(), Values, new float[3]).SetName("A difference to zeros");
        yield return new TestCaseData(new Multiply(), Values, new[] { 1f, 1f, 1f }).SetName("A product with ones");
        yield return new TestCaseData(new Maximum(), Values, new[] { 0f, -5f, 3f }).SetName("A maximum that is the first");
        yield return new TestCaseData(new Minimum(), Values, new[] { 2f, 5f, 3f }).SetName("A minimum that is the first");
        yield return new TestCaseData(new Average(), Values, Values).SetName("A mean of equals");
    }

    [TestCaseSource(nameof(ResultsThatEqualAnInput))]
    public void A_merge_whose_result_equals_an_input_gives_a_tensor_of_its_own(Merge layer, float[] first, float[] second)
    {
        var a = new Input(3);
        var b = new Input(3);
        var model = new Model([a, b], layer.Apply(a, b));
        using Tensor x = tensor(first).reshape(1, 3);
        using Tensor y = tensor(second).reshape(1, 3);
        Call();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Call();
        Assert.That(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, Is.EqualTo(before));
        Assert.That(x.data<float>().ToArray(), Is.EqualTo(first), "the input is left alone");

        void Call()
        {
            using IDisposable noGrad = no_grad();
            using Tensor result = model.CallAll([x, y])[0];
            Assert.That(result.data<float>().ToArray(), Is.EqualTo(first));
        }
    }

    [Test]
    public void A_cast_input_is_freed_where_the_result_equals_it()
    {
        var model = new Sequential(new Input(3), new ReLU());
        using Tensor x = ones(1, 3, ScalarType.Float64);
        Call();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Call();
        Assert.That(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, Is.EqualTo(before));

        void Call()
        {
            using IDisposable noGrad = no_grad();
            using Tensor result = model.Call(x);
            Assert.That(result.data<float>().ToArray(), Is.EqualTo(new[] { 1f, 1f, 1f }));
        }
    }
}
