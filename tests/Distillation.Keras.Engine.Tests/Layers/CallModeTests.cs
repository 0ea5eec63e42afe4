using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Calls of which nobody says whether they train.</summary>
public sealed class CallModeTests
{
    private static Layer[] Augmentation() => [new RandomBrightness((0.2, 0.2)), new Dropout(0.5)];

    private static Model Functional()
    {
        var input = new Input(6, 5, 3);
        Layer[] layers = Augmentation();
        return new Model(input, layers[1].Apply(layers[0].Apply(input)));
    }

    private static IEnumerable<TestCaseData> Models()
    {
        yield return new TestCaseData(new Sequential(Augmentation())).SetArgDisplayNames("Sequential");
        yield return new TestCaseData(new Sequential([new Input(6, 5, 3), .. Augmentation()])).SetArgDisplayNames("Sequential with Input");
        yield return new TestCaseData(Functional()).SetArgDisplayNames("Functional");
        yield return new TestCaseData(new Sequential(new Sequential(Augmentation()))).SetArgDisplayNames("Sequential in Sequential");
    }

    // In Keras 3.15.1 m(x) of ones gives 1 + 0.2 * 255 = 52 throughout: the image layer trains, dropout does not.
    [TestCaseSource(nameof(Models))]
    public void Random_image_layers_of_a_called_model_train_unless_the_call_says_no(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, 6, 5, 3);
        Assert.Multiple(() =>
        {
            Assert.That(Range(model.Call(x)), Is.EqualTo((52f, 52f)));
            Assert.That(Range(model.Call(x, training: false)), Is.EqualTo((1f, 1f)));
            Assert.That(Range(model.Call(x, training: true)), Is.EqualTo((0f, 104f)));
            Assert.That(model.Predict(x).ToArray<float>(), Is.All.EqualTo(1f));
        });
    }

    private static (float Least, float Most) Range(Tensor t) => (t.min().ToSingle(), t.max().ToSingle());

    [TestCase("relu")]
    [TestCase("tanh")]
    public void A_call_outside_of_scopes_leaves_no_tensor_behind_an_activation(string function)
    {
        var input = new Input(3);
        var model = new Model(input, new Activation(function).Apply(new Dense(2).Apply(input)));
        using Tensor x = ones(4, 3);
        Assert.That(LiveTensors.LeftBy(() => model.Call(x).Dispose()), Is.Zero);
    }
}
