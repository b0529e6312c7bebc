/* Prices of European call options and all greeks, from the closed formulas.

   With -ffast-math GCC makes a vector loop of it, with exp, log and erf of the C library's libmvec. */
#include <math.h>

#define SQRT_HALF 0.70710678118654752440
#define DENSITY_AT_0 0.39894228040143267794

void black_scholes(long n, const double *restrict S, const double *restrict K,
                   const double *restrict T, const double *restrict r, const double *restrict v,
                   double *restrict price, double *restrict delta, double *restrict gamma,
                   double *restrict vega, double *restrict theta, double *restrict rho)
{
    for (long i = 0; i < n; i++) {
        double root = sqrt(T[i]), spread = v[i] * root;
        double d1 = (log(S[i] / K[i]) + (r[i] + 0.5 * v[i] * v[i]) * T[i]) / spread;
        double N1 = 0.5 + 0.5 * erf(d1 * SQRT_HALF);
        double N2 = 0.5 + 0.5 * erf((d1 - spread) * SQRT_HALF);
        double density = DENSITY_AT_0 * exp(-0.5 * d1 * d1);
        double paid = K[i] * exp(-r[i] * T[i]) * N2;
        price[i] = S[i] * N1 - paid;
        delta[i] = N1;
        gamma[i] = density / (S[i] * spread);
        vega[i] = S[i] * density * root;
        theta[i] = -0.5 * S[i] * density * v[i] / root - r[i] * paid;
        rho[i] = T[i] * paid;
    }
}
