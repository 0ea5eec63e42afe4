using Distillation.Keras.Layers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>What does not fit is refused by the layer that it does not fit, in words, also where it is seen only with the data.</summary>
public sealed class LayerRefusalTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static NDArray Zeros(params int[] shape) => np.zeros(new NumSharp.Shape(shape), np.float32);

    private static Layer[] Windows() =>
        [new Conv2D(2, 5, name: "window"), new MaxPooling2D(5, name: "window"), new AveragePooling2D(5, name: "window")];

    [TestCaseSource(nameof(Windows))]
    public void A_window_larger_than_an_image_of_unknown_size_is_refused_when_the_image_comes(Layer window)
    {
        var model = new Sequential(new Input(new Shape([null, null, 1])), (Layer)window, new GlobalAveragePooling2D(), new Dense(1));
        model.Compile("sgd", loss: "mse");
        Assert.That(model.Predict(Zeros(3, 5, 5, 1)).shape, Is.EqualTo(new[] { 3, 1 }));
        Assert.That(
            () => model.Predict(Zeros(3, 4, 5, 1)),
            Throws.ArgumentException.With.Message.Contains("'window'").And.Message.Contains("(3, 4, 5, 1)")
        );
        Assert.That(
            () => model.Fit(Zeros(3, 5, 4, 1), Zeros(3, 1), verbose: 0),
            Throws.ArgumentException.With.Message.Contains("'window'")
        );
        Assert.That(() => model.Evaluate(Zeros(3, 1, 1, 1), Zeros(3, 1)), Throws.ArgumentException.With.Message.Contains("'window'"));
        Assert.That(model.Predict(Zeros(3, 6, 7, 1)).shape, Is.EqualTo(new[] { 3, 1 }), "another size afterwards");
    }

    private sealed class Own(
        Func<IReadOnlyList<Tensor>>? outputs = null,
        Func<IReadOnlyList<Shape>>? shapes = null,
        Func<IReadOnlyList<Tensor?>>? masks = null,
        string weight = "w"
    ) : Layer("own")
    {
        public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes) =>
            shapes is null ? inputShapes : shapes();

        protected override void Build(Shape inputShape) => AddWeight(weight, new Shape(2), new Distillation.Keras.Initializers.Ones());

        protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context) =>
            outputs is null ? [inputs.Tensors[0].clone()] : outputs();

        protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs) => masks is null ? [] : masks();
    }

    [Test]
    public void What_a_class_of_ones_own_says_of_its_outputs_is_refused_where_it_is_nothing()
    {
        Tensor disposed = ones(2).to(ScalarType.Bool);
        disposed.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Refused(new Own(outputs: () => []), "gave none");
            Refused(new Own(shapes: () => null!), "ComputeOutputShapes gives the shape of each output, but that of 'own' (Own)");
            Refused(new Own(shapes: () => []), "ComputeOutputShapes gives the shape of each output");
            Refused(new Own(shapes: () => [null!]), "ComputeOutputShapes gives the shape of each output");
            Refused(new Own(masks: () => null!), "'own' gave null");
            Refused(new Own(masks: () => [null, null]), "'own' gave 2 for 1 outputs");
            Refused(new Own(masks: () => [disposed]), "'own' gave a tensor that is disposed");
            Refused(new Own(masks: () => [ones(2)]), "'own' gave a tensor of type Float32");
            Assert.That(() => new Own(weight: "a/b").Call(ones(2, 3)), Throws.ArgumentException.With.Message.Contains("\"a/b\""));
            Assert.That(() => new Own(shapes: () => null!).Apply(new Input(3)), Throws.InvalidOperationException);
        }

        static void Refused(Layer layer, string part) =>
            Assert.That(() => layer.Call(ones(2, 3)), Throws.InvalidOperationException.With.Message.Contains(part));
    }

    [Test]
    public void Values_that_cannot_be_reshaped_are_refused_when_they_come()
    {
        var model = new Sequential(new Input(new Shape([null])), new Reshape((2, -1), name: "pairs"));
        Assert.That(model.Predict(Zeros(3, 4)).shape, Is.EqualTo(new[] { 3, 2, 2 }));
        Assert.That(
            () => model.Predict(Zeros(3, 5)),
            Throws.ArgumentException.With.Message.Contains("'pairs'").And.Message.Contains("(3, 5)")
        );
    }

    [Test]
    public void Branches_of_different_sizes_are_refused_when_they_come()
    {
        KerasTensor a = new Input(new Shape([null]));
        KerasTensor b = new Input(new Shape([null]));
        foreach (Layer join in new Layer[] { new Add(name: "join"), new Maximum(name: "join") })
        {
            Model model = new([a, b], join.Apply(a, b));
            Assert.That(() => model.CallAll([zeros(2, 3), zeros(2, 4)]), Throws.ArgumentException.With.Message.Contains("'join'"));
            Assert.That(() => model.Predict(new[] { Zeros(2, 3), Zeros(2, 4) }), Throws.ArgumentException.With.Message.Contains("'join'"));
        }
    }

    [Test]
    public void An_image_without_a_pixel_has_neither_a_largest_value_nor_a_mean()
    {
        foreach (
            Layer pooling in new Layer[]
            {
                new GlobalMaxPooling2D(name: "pool"),
                new GlobalAveragePooling2D(name: "pool"),
                new GlobalMaxPooling2D("channels_first", name: "pool"),
            }
        )
        {
            Assert.That(
                () => pooling.Call(zeros(2, 0, 0, 0)),
                Throws.ArgumentException.With.Message.Contains("'pool'").And.Message.Contains("(2, 0, 0, 0)")
            );
        }

        var model = new Sequential(new Input(new Shape([null, null, 1])), new GlobalMaxPooling2D(name: "pool"));
        Assert.That(() => model.Predict(Zeros(3, 0, 5, 1)), Throws.ArgumentException.With.Message.Contains("'pool'"));
        Assert.That(
            () => new Sequential(new Input(0, 5, 1), new GlobalMaxPooling2D(name: "pool")),
            Throws.ArgumentException.With.Message.Contains("'pool'")
        );
    }

    [Test]
    public void A_noise_shape_for_another_batch_is_refused_by_name()
    {
        var model = new Sequential(new Input(4), new Dropout(0.5, noise_shape: (2, 4), name: "drop"), new Dense(1));
        model.Compile("sgd", loss: "mse");
        Assert.That(() => model.Fit(Zeros(4, 4), Zeros(4, 1), batch_size: 2, verbose: 0), Throws.Nothing);
        Assert.That(
            () => model.Fit(Zeros(5, 4), Zeros(5, 1), batch_size: 2, verbose: 0, shuffle: false),
            Throws
                .ArgumentException.With.Message.Contains("'drop'")
                .And.Message.Contains("(1, 4)")
                .And.Message.Contains("Give null for the batch")
        );
        Assert.That(model.Predict(Zeros(5, 4)).shape, Is.EqualTo(new[] { 5, 1 }), "without training nothing is dropped");
    }

    [Test]
    public void Joining_along_the_batch_is_refused_in_a_model_and_done_outside()
    {
        KerasTensor a = new Input(4);
        KerasTensor b = new Input(4);
        foreach (int axis in new[] { 0, -2 })
        {
            Assert.That(
                () => new Concatenate(axis, name: "join").Apply(a, b),
                Throws.ArgumentException.With.Message.Contains("'join'").And.Message.Contains("batch")
            );
            Assert.That(new Concatenate(axis).CallAll([zeros(2, 4), zeros(3, 4)])[0].shape, Is.EqualTo(new long[] { 5, 4 }));
        }
    }

    private sealed class Twice() : Layer("twice")
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) => cat([input, input]);
    }

    [Test]
    public void A_layer_that_changes_the_number_of_rows_is_named() =>
        Assert.That(
            () => new Sequential(new Input(4), new Twice()).Predict(Zeros(3, 4)),
            Throws.InvalidOperationException.With.Message.Contains("'twice'").And.Message.Contains("(6, 4)")
        );

    [Test]
    public void An_output_without_a_gradient_is_refused_in_words()
    {
        Model[] models =
        [
            new Sequential([new Input(4), new Dense(1), new Lambda(x => x.detach())], name: "cut"),
            new Sequential([new Input(4), new Dense(1), new Lambda(x => x.round().to(int64).to(float32).detach())], name: "cut"),
        ];
        foreach (Model model in models)
        {
            model.Compile("sgd", loss: "mse");
            Assert.That(
                () => model.Fit(Zeros(4, 4), Zeros(4, 1), verbose: 0),
                Throws.InvalidOperationException.With.Message.Contains("'cut'").And.Message.Contains("gradient")
            );
            Assert.That(
                () => model.TrainOnBatch(Zeros(4, 4), Zeros(4, 1)),
                Throws.InvalidOperationException.With.Message.Contains("'cut'")
            );
            Assert.That(() => model.Evaluate(Zeros(4, 4), Zeros(4, 1)), Throws.Nothing);
        }
    }
}
