// <snippet A_layer>
using Distillation.Keras;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using static TorchSharp.torch;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class ALayer
{
    [Test]
    public void A_layer()
    {
        // <snippet A_layer>
        using var data = Datasets.Digits.LoadData();
        var model = new Sequential(new Input(28, 28, 1), new Flatten(), new Scale(0.5), new Dense(10, activation: "softmax"));
        model.Compile("adam", "categorical_crossentropy", ["accuracy"]);
        model.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 1);
        // </snippet>
        Assert.That(model.CountParams(), Is.EqualTo(784 + 7850));
        Assert.That(((Scale)model.Clone().GetLayer(1)).Initial, Is.EqualTo(0.5));
        using var factors = model.GetLayer(1).GetWeights()[0];
        Assert.That(factors.ToArray<float>(), Has.Some.Not.EqualTo(0.5f));
    }

    // <snippet A_layer>
    /// <summary>Multiplies each feature by a factor that is trained.</summary>
    public sealed class Scale(double initial = 1.0, string? name = null) : Layer(name)
    {
        private Variable? _factors;

        public double Initial { get; } = initial;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override void Build(Shape inputShape) =>
            _factors = AddWeight("factors", new Shape(inputShape.Known(-1, Name)), new Constant(Initial));

        protected override Tensor Forward(Tensor input, CallContext context) => input.mul(_factors!.Value);
    }
    // </snippet>
}
