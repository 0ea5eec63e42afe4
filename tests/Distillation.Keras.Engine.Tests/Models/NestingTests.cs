using System.Text;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Models;

/// <summary>Models in models.</summary>
public sealed class NestingTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [Test]
    public void A_model_is_not_added_to_itself()
    {
        foreach (Sequential model in new[] { new Sequential(new Input(3), new Dense(3)), new Sequential(new Dense(3)), new Sequential() })
        {
            int layers = model.Layers.Count;
            Assert.That(
                () => model.Add(model),
                Throws.ArgumentException.With.Message.Contains($"'{model.Name}'").And.Message.Contains("itself")
            );
            Assert.That(model.Layers, Has.Count.EqualTo(layers), "it stays as it was");
        }
    }

    [Test]
    public void A_model_is_not_added_to_itself_around_a_corner()
    {
        var inner = new Sequential([new Dense(3)], name: "inner");
        var middle = new Sequential([inner], name: "middle");
        var outer = new Sequential([new Input(3), middle], name: "outer");
        Assert.That(() => inner.Add(outer), Throws.ArgumentException.With.Message.Contains("'outer'").And.Message.Contains("'inner'"));
        Assert.That(() => inner.Add(middle), Throws.ArgumentException.With.Message.Contains("'middle'"));

        KerasTensor input = new Input(3);
        Model functional = new(input, inner.Apply(input), name: "functional");
        Assert.That(() => inner.Add(functional), Throws.ArgumentException.With.Message.Contains("'functional'"));
        Assert.That(inner.Layers, Has.Count.EqualTo(1));
        Assert.That(outer.Call(zeros(2, 3)).shape, Is.EqualTo(new long[] { 2, 3 }));
    }

    [Test]
    public void A_model_that_calls_itself_in_a_lambda_is_refused_instead_of_never_ending()
    {
        var model = new Sequential([new Input(3)], name: "loop");
        model.Add(new Dense(3));
        model.Trainable = false;
        model.Add(new Lambda(x => model.Layers.Count > 1 ? model.Call(x) : x, output_shape: 3, name: "corner"));
        Assert.That(
            () => model.Call(zeros(2, 3)),
            Throws.InvalidOperationException.With.Message.Contains("'loop'").And.Message.Contains("'corner'")
        );
    }

    [Test]
    public void A_model_is_used_twice_and_within_several_others()
    {
        var shared = new Sequential(new Input(3), new Dense(3));
        KerasTensor input = new Input(3);
        Model twice = new(input, shared.Apply(shared.Apply(input)));
        var around = new Sequential(new Input(3), shared, new Sequential(new Input(3), twice));
        Tensor x = rand(2, 3);
        Assert.That(around.Call(x).allclose(shared.Call(shared.Call(shared.Call(x)))), Is.True);
    }

    [TestCase(20)]
    [TestCase(99)]
    public void Models_in_each_other_are_written_and_read(int levels)
    {
        Model model = new Sequential(new Input(3), new Dense(3, kernel_regularizer: "l2"));
        for (int i = 1; i < levels; i++)
        {
            KerasTensor input = new Input(3);
            model = i % 2 == 0 ? new Sequential(new Input(3), model) : new Model(input, model.Apply(input));
        }

        model.Compile("adam", loss: "mse");
        Model read = Model.FromJson(model.ToJson());
        read.SetWeights(model.GetWeights());
        Tensor x = rand(2, 3);
        Assert.That(read.Call(x).allclose(model.Call(x)), Is.True);
        Assert.That(read.ToJson(), Is.EqualTo(model.ToJson()));
    }

    [Test]
    public void More_than_a_hundred_models_in_each_other_are_refused_from_inside_and_from_outside()
    {
        Sequential inside = new(new Input(3), new Dense(3));
        Assert.That(
            () =>
            {
                for (int i = 0; i < 200; i++)
                {
                    inside = new Sequential(new Input(3), inside);
                }
            },
            Throws.ArgumentException.With.Message.Contains("At most 100 models")
        );

        // From the outside each is added before it holds anything.
        Sequential outside = new();
        Assert.That(
            () =>
            {
                for (int i = 0; i < 200_000; i++)
                {
                    var next = new Sequential();
                    outside.Add(next);
                    outside = next;
                }
            },
            Throws.ArgumentException.With.Message.Contains("At most 100 models")
        );
    }

    [Test]
    public void Models_that_are_put_into_the_innermost_of_many_count_with_all_around_it()
    {
        static Sequential Around(Sequential model, int times)
        {
            for (int i = 0; i < times; i++)
            {
                model = new Sequential([model]);
            }

            return model;
        }

        var innermost = new Sequential();
        _ = Around(innermost, 59);
        Assert.That(
            () => innermost.Add(Around(new Sequential(), 40)),
            Throws.ArgumentException.With.Message.Contains("At most 100 models")
        );
        Assert.That(() => innermost.Add(Around(new Sequential(), 39)), Throws.Nothing);
    }

    [Test]
    public void JSON_that_is_nested_without_end_is_refused()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 10_000; i++)
        {
            text.Append("""{"class_name": "Sequential", "config": {"layers": [""");
        }

        Assert.That(() => Model.FromJson(text.ToString()), Throws.ArgumentException.With.Message.Contains("depth"));
    }
}
