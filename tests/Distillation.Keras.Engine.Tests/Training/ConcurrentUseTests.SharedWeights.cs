using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;

namespace Distillation.Keras.Engine.Tests.Training;

/// <content>Weights of a running fit.</content>
public sealed partial class ConcurrentUseTests
{
    [Test]
    public void A_step_on_a_model_that_is_trained_is_refused()
    {
        Model model = Model();
        Assert.That(
            Beside(model, () => model.TrainOnBatch(X, Y)),
            Is.InstanceOf<InvalidOperationException>().With.Message.Contains("is being trained already, by Fit")
        );
    }

    [Test]
    public void A_step_on_shared_weights_that_are_trained_is_refused()
    {
        Model model = Model();
        Model other = new(model.Inputs[0], new Dense(1).Apply(model.Outputs[0]));
        other.Compile("sgd", "mse");
        Assert.That(
            Beside(model, () => other.TrainOnBatch(X, Y)),
            Is.InstanceOf<InvalidOperationException>()
                .With.Message.Contains("is in use already, by Fit")
                .And.Message.Contains("the models share it")
        );
    }

    // A model in which another one's weights are frozen: layers of its own, which use them.
    private static Sequential AroundFrozen(Sequential trained)
    {
        Model frozen = Surgery(trained);
        frozen.Trainable = false;
        foreach (Layer layer in trained.Layers)
        {
            layer.Trainable = true;
        }

        var other = new Sequential(new Input(2), frozen, new Dense(1));
        other.Compile("sgd", "mse");
        return other;

        static Model Surgery(Sequential source)
        {
            var clone = new Dense(1);
            clone.ShareWeightsOf(source.Layers[0]);
            return new Sequential(new Input(2), clone);
        }
    }

    [Test]
    public void Weights_of_a_running_fit_are_refused_to_one_in_which_they_are_frozen()
    {
        Sequential model = Model();
        Sequential other = AroundFrozen(model);
        Assert.That(other.TrainableWeights, Has.Count.EqualTo(2));
        Assert.That(other.Weights, Does.Contain(model.Weights[0]));
        Exception? thrown = Beside(model, () => other.Fit(X, Y, verbose: 0));
        Assert.That(
            thrown,
            Is.InstanceOf<InvalidOperationException>()
                .With.Message.Contains("is in use already, by Fit")
                .And.Message.Contains("the models share it")
        );
        Assert.That(Beside(model, () => other.TrainOnBatch(X, Y)), Is.InstanceOf<InvalidOperationException>());
        Assert.That(() => other.Fit(X, Y, verbose: 0), Throws.Nothing, "afterwards");
    }

    [Test]
    public void Weights_that_are_frozen_in_a_running_fit_are_refused_to_one_that_trains_them_and_shared_with_others()
    {
        Sequential model = Model();
        Sequential other = AroundFrozen(model);
        Sequential third = AroundFrozen(model);
        Assert.That(
            Beside(other, () => model.Fit(X, Y, verbose: 0)),
            Is.InstanceOf<InvalidOperationException>().With.Message.Contains("is in use already, by Fit")
        );
        Assert.That(Beside(other, () => third.Fit(X, Y, verbose: 0)), Is.Null);
        Assert.That(Beside(other, () => model.Predict(X).Dispose()), Is.Null);

        // Models that train each other by turns, as adversaries do, on one thread.
        var turns = new LambdaCallback(on_train_batch_end: (_, _) => model.TrainOnBatch(X, Y));
        Assert.That(() => other.Fit(X, Y, verbose: 0, callbacks: [turns]), Throws.Nothing);
        Assert.That(() => model.Fit(X, Y, verbose: 0), Throws.Nothing, "afterwards");
    }
}
