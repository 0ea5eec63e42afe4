using Distillation.Keras.Layers;

namespace Distillation.Keras.Tests.Surgery;

public class PopSoftmaxTests
{
    private static IEnumerable<TestCaseData<Func<Model>>> Classifiers =>
        [
            new(() => Toy.Mlp()) { TestName = "A softmax fused into Dense is taken off" },
            new(() => Ending(new Layers.Activation("softmax"))) { TestName = "An Activation softmax is taken off" },
            new(() => Ending(new Softmax())) { TestName = "A Softmax layer is taken off" },
            new(() => Ending(new Softmax(axis: 1))) { TestName = "A Softmax layer along the last axis by its number is taken off" },
            new(() => new Sequential(new Input(shape: Toy.Width), Toy.Mlp()))
            {
                TestName = "A softmax inside a nested Sequential is taken off",
            },
            new(() => new Sequential(new Input(shape: Toy.Width), new Sequential(new Input(shape: Toy.Width), Ending(new Softmax()))))
            {
                TestName = "A softmax inside a model inside a model is taken off",
            },
            new(Functional) { TestName = "A softmax of a functional model is taken off" },
            new(NestedFunctional) { TestName = "A softmax inside a nested functional model is taken off" },
        ];

    private static IEnumerable<TestCaseData<Func<Model>, string>> Refused =>
        [
            new(() => Toy.Mlp(activation: "sigmoid"), "sigmoid") { TestName = "A fused sigmoid is refused by name" },
            new(() => Toy.Mlp(activation: "relu"), "relu") { TestName = "A fused relu is refused by name" },
            new(() => Ending(new Layers.Activation("sigmoid")), "sigmoid") { TestName = "An Activation sigmoid is refused by name" },
            new(() => Ending(new ReLU()), "ReLU") { TestName = "A ReLU layer is refused by name" },
            new(() => new Sequential(new Input(shape: Toy.Width), Toy.Mlp(activation: "tanh")), "tanh")
            {
                TestName = "A tanh inside a nested model is refused by name",
            },
            new(() => new Sequential(new Input(shape: (3, Toy.Width)), Toy.Dense(4, 1), new Softmax(axis: 1)), "axis 1")
            {
                TestName = "A softmax along another axis is refused",
            },
            new(TwoOutputs, "has 2") { TestName = "Two outputs are refused" },
        ];

    [TestCaseSource(nameof(Classifiers))]
    public void Logits_make_the_classifiers_probabilities(Func<Model> make)
    {
        Model model = make();
        var before = new ModelSnapshot(model);
        float[,] x = Toy.X();
        double[] p = Toy.Predict(model, x);

        Model logits = model.PopSoftmax();

        double[] z = Toy.Predict(logits, x);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(SoftmaxOf(z), Is.EqualTo(p).Within(1e-6));
            Assert.That(z.Chunk(Toy.Classes).Select(r => r.Sum()), Has.Some.Not.EqualTo(1).Within(1e-2));
            Assert.That(logits.Weights, Is.EquivalentTo(model.Weights));
            Assert.That(Toy.Predict(model, x), Is.EqualTo(p));
        }

        before.AssertUnchanged();
    }

    [Test]
    public void A_model_that_ends_in_logits_gives_a_new_model_of_the_same_values()
    {
        Model model = Toy.Mlp(activation: null);

        Model logits = model.PopSoftmax();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(logits, Is.Not.SameAs(model));
            Assert.That(Toy.Predict(logits, Toy.X()), Is.EqualTo(Toy.Predict(model, Toy.X())));
        }
    }

    [Test]
    public void Logits_may_come_of_convolutions_of_any_rank()
    {
        Sequential Make(Shape shape, Layer convolution, Layer pooling) => new(new Input(shape), convolution, pooling);
        (Shape Shape, Func<string, Layer> Convolution, Func<Layer> Pooling)[] ends =
        [
            ((8, 2), a => new Conv1D(3, 3, activation: a), () => new GlobalAveragePooling1D()),
            ((8, 8, 2), a => new Conv2D(3, 3, activation: a), () => new GlobalAveragePooling2D()),
            ((8, 8, 8, 2), a => new Conv3D(3, 3, activation: a), () => new GlobalAveragePooling3D()),
        ];
        foreach ((Shape shape, Func<string, Layer> convolution, Func<Layer> pooling) in ends)
        {
            Assert.That(Make(shape, convolution("linear"), pooling()).PopSoftmax().Output.Shape[-1], Is.EqualTo(3));
            Assert.That(() => Make(shape, convolution("relu"), pooling()).PopSoftmax(), Throws.TypeOf<NotSupportedException>());
        }
    }

    [TestCaseSource(nameof(Refused))]
    public void Other_ends_are_refused_by_name(Func<Model> make, string name) =>
        Assert.That(() => make().PopSoftmax(), Throws.TypeOf<NotSupportedException>().With.Message.Contains(name));

    [Test]
    public void A_model_without_a_known_input_is_refused() =>
        Assert.That(
            () => new Sequential(new Dense(3, "softmax")).PopSoftmax(),
            Throws.InvalidOperationException.With.Message.Contains("Input")
        );

    [Test]
    public void Weights_are_shared_in_both_directions()
    {
        Model model = Toy.Mlp();
        Model logits = model.PopSoftmax();

        logits.Compile("sgd", "mse");
        logits.Fit(Toy.X(), Toy.OneHot(Toy.Labels(Toy.X())), verbose: 0);

        Assert.That(SoftmaxOf(Toy.Predict(logits, Toy.X())), Is.EqualTo(Toy.Predict(model, Toy.X())).Within(1e-6));
    }

    [Test]
    public void A_frozen_models_logits_are_frozen()
    {
        Model model = Toy.Mlp();
        model.Trainable = false;

        Model logits = model.PopSoftmax();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(logits.TrainableWeights, Is.Empty);
            Assert.That(model.Weights.Select(w => w.Value.requires_grad), Has.All.False);
        }
    }

    [Test]
    public void A_mode_fixed_for_a_nested_model_is_kept()
    {
        var input = new Input(shape: Toy.Width);
        Model nested = Toy.Mlp(hidden: 40, dropout: 0.5);
        var model = new Model(input, nested.Apply(input, training: true));

        double[] first = Toy.Predict(model.PopSoftmax(), Toy.X());

        Assert.That(Toy.Predict(model.PopSoftmax(), Toy.X()), Is.Not.EqualTo(first), "dropout is on");
    }

    [Test]
    public void Surgery_draws_nothing_from_the_common_random_numbers()
    {
        Model model = Toy.Mlp();
        Utils.SetRandomSeed(3);
        double[] expected = Toy.Values(new Sequential(new Input(shape: 2), new Dense(2)));

        Utils.SetRandomSeed(3);
        model.PopSoftmax();
        model.WithSoftenedOutput(2);

        Assert.That(Toy.Values(new Sequential(new Input(shape: 2), new Dense(2))), Is.EqualTo(expected));
    }

    private static double[] SoftmaxOf(double[] logits) =>
        [.. logits.Chunk(Toy.Classes).SelectMany(row => row.Select(z => Math.Exp(z) / row.Sum(Math.Exp)))];

    private static Sequential Ending(Layer last) =>
        new(new Input(shape: Toy.Width), Toy.Dense(8, 1, "relu"), Toy.Dense(Toy.Classes, 2), last);

    private static Model Functional()
    {
        var input = new Input(shape: Toy.Width);
        return new Model(input, Toy.Dense(Toy.Classes, 2, "softmax").Apply(Toy.Dense(8, 1, "relu").Apply(input)));
    }

    private static Model NestedFunctional()
    {
        var input = new Input(shape: Toy.Width);
        return new Model(input, Functional().Apply(input));
    }

    private static Model TwoOutputs()
    {
        var input = new Input(shape: Toy.Width);
        return new Model(input, new[] { Toy.Dense(4, 1, "softmax").Apply(input), Toy.Dense(4, 2, "softmax").Apply(input) });
    }
}
