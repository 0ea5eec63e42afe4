using Distillation.Keras.Constraints;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Optimizers;

/// <summary>What the fixtures' small weights do not show. Their numbers are Keras'; here big weights are held against small ones.</summary>
[TestFixture]
public class OptimizerStepTests
{
    [TestCaseSource(typeof(Weights), nameof(Weights.All))]
    public void A_large_weight_that_is_updated_in_parts_moves_as_a_small_one_does(Func<Optimizer> make)
    {
        using DisposeScope scope = NewDisposeScope();
        // More than two parts, and the last one is not full.
        long repeat = (Optimizer.ElementsPerThread * get_num_threads() * 5 / 2 / Weights.Start.Length) + 1;
        Optimizer ofSmall = make();
        Optimizer ofLarge = make();
        Variable small = Weights.New();
        Variable large = Weights.New(repeat: repeat);
        for (int step = 0; step < 3; step++)
        {
            ofSmall.Apply([Weights.Gradient()], [small]);
            ofLarge.Apply([Weights.Gradient(repeat)], [large]);
        }

        Assert.That(Weights.Values(small), Is.Not.EqualTo(Weights.Start));
        foreach ((Variable one, Variable other) in ofSmall.Variables.Zip(ofLarge.Variables).Append((small, large)))
        {
            Tensor expected = one.Value.dim() == 0 ? one.Value : one.Value.repeat(repeat);
            Assert.That(other.Value.allclose(expected, rtol: 1e-6, atol: 1e-9), $"{other.Path} differs");
        }

        ofSmall.Release();
        ofLarge.Release();
    }

    [TestCaseSource(typeof(Weights), nameof(Weights.All))]
    public void Two_hundred_steps_leave_no_tensor_behind(Func<Optimizer> make)
    {
        long all = LiveTensors.LeftBy(() =>
        {
            Optimizer optimizer = make();
            Variable[] weights = [Weights.New(), Weights.New("bias")];
            using Tensor gradient = Weights.Gradient();
            optimizer.Apply([gradient, gradient], weights);
            void Steps()
            {
                for (int step = 0; step < 200; step++)
                {
                    optimizer.Apply([gradient, step % 3 == 0 ? null : gradient], weights);
                }
            }

            Assert.That(LiveTensors.LeftBy(Steps, warmUp: false), Is.Zero);
            optimizer.Release();
            Array.ForEach(weights, w => w.Release());
        });
        Assert.That(all, Is.Zero);
    }

    [Test]
    public void Clipping_averaging_accumulating_and_constraints_leave_no_tensor_behind()
    {
        var optimizer = new Adam(
            0.1,
            global_clipnorm: 0.5,
            weight_decay: 0.1,
            use_ema: true,
            ema_overwrite_frequency: 2,
            loss_scale_factor: 4,
            gradient_accumulation_steps: 3
        );
        Variable weight = Weights.New();
        weight.Constraint = new Halved();
        using Tensor gradient = Weights.Gradient();
        optimizer.Apply([gradient], [weight]);
        void Steps()
        {
            for (int step = 0; step < 200; step++)
            {
                optimizer.Apply([gradient], [weight]);
            }
        }

        Assert.That(LiveTensors.LeftBy(Steps, warmUp: false), Is.Zero);
        optimizer.Release();
        weight.Release();
    }

    [Test]
    public void The_gradients_are_not_changed()
    {
        using DisposeScope scope = NewDisposeScope();
        Optimizer[] optimizers =
        [
            new SGD(0.1, clipnorm: 0.1),
            new SGD(0.1, clipvalue: 0.1),
            new SGD(0.1, global_clipnorm: 0.1),
            new SGD(0.1, loss_scale_factor: 8),
            new Adadelta(1.0),
            new Adam(0.1, gradient_accumulation_steps: 2),
            new RMSprop(0.1, centered: true),
            new Lion(0.1),
            new Adamax(0.1),
        ];
        foreach (Optimizer optimizer in optimizers)
        {
            Tensor gradient = Weights.Gradient();
            Variable weight = Weights.New();
            optimizer.Apply([gradient], [weight]);
            optimizer.Apply([gradient], [weight]);
            Assert.That(gradient.data<float>().ToArray(), Is.EqualTo(Weights.Slopes), optimizer.Name);
        }
    }

    [Test]
    public void A_gradient_that_is_laid_out_otherwise_counts_by_its_places()
    {
        using DisposeScope scope = NewDisposeScope();
        long side = 512L * (1 + get_num_threads());
        Tensor slopes = arange(side * side, dtype: ScalarType.Float32).view(side, side).div(side * side);
        var weight = new Variable(zeros(side, side), "kernel", trainable: true);
        new SGD(1.0).Apply([slopes.t()], [weight]);
        Assert.That(weight.Value.detach().equal(slopes.t().neg()).all().ToBoolean());
        weight.Release();
    }

    [Test]
    public void The_loss_is_scaled_by_the_loss_scale_factor()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = tensor(2f);
        Assert.That(new SGD(loss_scale_factor: 8).ScaleLoss(loss).item<float>(), Is.EqualTo(16f));
        Assert.That(new SGD().ScaleLoss(loss), Is.SameAs(loss));
    }

    private sealed class Halved : Constraint
    {
        public override Tensor Call(Tensor weight) => weight.mul(0.5);
    }
}
